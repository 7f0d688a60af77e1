# An index of documents, as a search service prepares one.
$seed = 1
def random(limit) = ($seed = $seed * 16807 % 2147483647) % limit

Document = Struct.new(:id, :text, :tags)
WORDS = Array.new(2000) { Array.new(4 + random(6)) { (97 + random(26)).chr }.join }

DOCUMENTS = Array.new(500) do |id|
  text = Array.new(20 + random(20)) { WORDS[random(random(2000) + 1)] }.join(" ")
  Document.new(id, text, text.scan(/\b[aeiou]\w+/))
end

INDEX = Hash.new { |index, word| index[word] = [] }
DOCUMENTS.each do |document|
  document.text.split.each do |word|
    list = INDEX[word]
    list << document.id unless list.last == document.id
  end
end
RANKED = INDEX.sort_by { |word, list| [-list.size, word] }

def checksum
  sum = 0
  RANKED.each { |word, list| list.each { |id| sum = (sum * 31 + id + word.ord) % 1000003 } }
  DOCUMENTS.reduce(sum) { |total, document| (total * 7 + document.tags.join(",").size) % 1000003 }
end
