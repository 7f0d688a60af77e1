-- An index of documents, as a search service prepares one.
local seed = 1
local function random(limit)
  seed = seed * 16807 % 2147483647
  return seed % limit
end

local words = {}
for i = 1, 2000 do
  local word = {}
  for at = 1, 4 + random(6) do word[at] = string.char(97 + random(26)) end
  words[i] = table.concat(word)
end

local documents = {}
for id = 1, 20000 do
  local text = {}
  for at = 1, 20 + random(20) do text[at] = words[random(random(2000) + 1) + 1] end
  text = table.concat(text, " ")
  local tags = {}
  for word in text:gmatch("%f[%a][aeiou]%a+") do tags[#tags + 1] = word end
  documents[id] = { id = id, text = text, tags = tags }
end

local index = {}
for _, document in ipairs(documents) do
  for word in document.text:gmatch("%a+") do
    local list = index[word]
    if not list then list = {} index[word] = list end
    if list[#list] ~= document.id then list[#list + 1] = document.id end
  end
end
local ranked = {}
for word, list in pairs(index) do ranked[#ranked + 1] = { word = word, list = list } end
table.sort(ranked, function(a, b)
  if #a.list ~= #b.list then return #a.list > #b.list end
  return a.word < b.word
end)

function checksum()
  local sum = 0
  for _, entry in ipairs(ranked) do
    for _, id in ipairs(entry.list) do sum = (sum * 31 + id + entry.word:byte()) % 1000003 end
  end
  for _, document in ipairs(documents) do sum = (sum * 7 + #table.concat(document.tags, ",")) % 1000003 end
  return sum
end
