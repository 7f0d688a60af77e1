// A small content service: a router, a template language, an expression evaluator, a Markdown converter, a CSV database with an
// index, and a few tables. All that can be prepared is prepared when this file is evaluated, which is what pre-initialization
// takes off every start. Nothing here depends on the time or on chance, so that every request has one answer.

// --- Tables -------------------------------------------------------------------------------------------------------------------

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});

function crc32(text) {
  let crc = 0xffffffff;
  for (const byte of new TextEncoder().encode(text)) crc = crcTable[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return ((crc ^ 0xffffffff) >>> 0).toString(16).padStart(8, "0");
}

const primes = [];
candidates: for (let n = 2; primes.length < 2000; n++) {
  for (let i = 0; primes[i] * primes[i] <= n; i++) {
    if (n % primes[i] === 0) continue candidates;
  }
  primes.push(n);
}

const romanDigits = Object.entries({ M: 1000, CM: 900, D: 500, CD: 400, C: 100, XC: 90, L: 50, XL: 40, X: 10, IX: 9, V: 5, IV: 4, I: 1 });
const romanNumerals = Array.from({ length: 4000 }, (_, n) => {
  let text = "";
  for (const [digit, value] of romanDigits) {
    for (; n >= value; n -= value) text += digit;
  }
  return text;
});

// --- Errors that become answers -----------------------------------------------------------------------------------------------

class Problem extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

// --- Expressions: a tokenizer, a precedence-climbing parser, and closures -----------------------------------------------------

const tokenPattern = /\s*(?:(?<number>\d+(?:\.\d+)?(?:e[-+]?\d+)?)|(?<name>[a-z_]\w*)|(?<operator>\*\*|[-+*/%(),]))/iuy;

function* tokenize(text) {
  tokenPattern.lastIndex = 0;
  const end = text.trimEnd().length;
  while (tokenPattern.lastIndex < end) {
    const at = tokenPattern.lastIndex;
    const match = tokenPattern.exec(text);
    if (!match) throw new Problem(400, `unexpected ${JSON.stringify(text.slice(at).trim()[0])} at ${at}`);
    const [kind, value] = Object.entries(match.groups).find(([, found]) => found !== undefined);
    yield { kind, value, at };
  }
}

const operators = {
  "+": { precedence: 1, apply: (a, b) => a + b },
  "-": { precedence: 1, apply: (a, b) => a - b },
  "*": { precedence: 2, apply: (a, b) => a * b },
  "/": { precedence: 2, apply: (a, b) => a / b },
  "%": { precedence: 2, apply: (a, b) => a % b },
  "**": { precedence: 3, apply: (a, b) => a ** b, isRightAssociative: true },
};

const functions = {
  sqrt: Math.sqrt,
  abs: Math.abs,
  max: Math.max,
  min: Math.min,
  round: Math.round,
  prime: (n) => primes[n] ?? NaN,
  gcd: function gcd(a, b) {
    return b === 0 ? a : gcd(b, a % b);
  },
};

class ExpressionParser {
  #tokens;
  #next;

  constructor(text) {
    this.#tokens = tokenize(text);
    this.#advance();
  }

  parse() {
    const expression = this.#binary(0);
    if (this.#next) throw new Problem(400, `unexpected ${JSON.stringify(this.#next.value)} at ${this.#next.at}`);
    return expression;
  }

  #advance() {
    const token = this.#next;
    this.#next = this.#tokens.next().value;
    return token;
  }

  #accept(value) {
    return this.#next?.kind === "operator" && this.#next.value === value ? this.#advance() : undefined;
  }

  #expect(value) {
    if (!this.#accept(value)) throw new Problem(400, `expected ${JSON.stringify(value)}, found ${this.#next ? JSON.stringify(this.#next.value) : "the end"}`);
  }

  #binary(lowest) {
    let left = this.#unary();
    for (;;) {
      const operator = this.#next?.kind === "operator" ? operators[this.#next.value] : undefined;
      if (!operator || operator.precedence <= lowest) return left;
      this.#advance();
      const right = this.#binary(operator.isRightAssociative ? operator.precedence - 1 : operator.precedence);
      const former = left;
      left = (scope) => operator.apply(former(scope), right(scope));
    }
  }

  #unary() {
    if (this.#accept("-")) {
      const operand = this.#binary(2);
      return (scope) => -operand(scope);
    }
    if (this.#accept("(")) {
      const inner = this.#binary(0);
      this.#expect(")");
      return inner;
    }
    const token = this.#advance();
    if (token?.kind === "number") return () => Number(token.value);
    if (token?.kind !== "name") throw new Problem(400, token ? `unexpected ${JSON.stringify(token.value)} at ${token.at}` : "unexpected end");
    if (!this.#accept("(")) {
      return (scope) => {
        if (!(token.value in scope)) throw new Problem(400, `unknown name ${token.value}`);
        return scope[token.value];
      };
    }
    const called = functions[token.value];
    if (!called) throw new Problem(400, `unknown function ${token.value}`);
    const parameters = [];
    if (!this.#accept(")")) {
      do parameters.push(this.#binary(0));
      while (this.#accept(","));
      this.#expect(")");
    }
    return (scope) => called(...parameters.map((parameter) => parameter(scope)));
  }
}

const compiledExpressions = new Map();
function evaluate(text, scope) {
  if (!compiledExpressions.has(text)) compiledExpressions.set(text, new ExpressionParser(text).parse());
  return compiledExpressions.get(text)(scope);
}

// --- Templates: {{name}}, {{= expression}}, {{#each list}}...{{/each}}, {{#if name}}...{{else}}...{{/if}} ------------------------

const escapes = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escapeHtml = (value) => String(value).replace(/[&<>"]/g, (character) => escapes[character]);
const lookUp = (scope, path) => (path === "." ? scope["."] : path.split(".").reduce((value, key) => value?.[key], scope));

function compileTemplate(text) {
  const parts = text.split(/\{\{(.*?)\}\}/s);
  let at = 0;
  const block = (...ends) => {
    const steps = [];
    for (; at < parts.length; at++) {
      if (at % 2 === 0) {
        const literal = parts[at];
        if (literal) steps.push(() => literal);
        continue;
      }
      const tag = parts[at].trim();
      if (ends.includes(tag)) break;
      const [word, path] = tag.split(/\s+/);
      at++;
      if (word === "#each") {
        const body = block("/each");
        steps.push((scope) => lookUp(scope, path).map((item, index) => body({ ...scope, ...item, ".": item, index })).join(""));
      } else if (word === "#if") {
        const yes = block("else", "/if");
        let no = () => "";
        if (parts[at].trim() === "else") {
          at++;
          no = block("/if");
        }
        steps.push((scope) => (lookUp(scope, path) ? yes(scope) : no(scope)));
      } else if (word === "=") {
        const expression = tag.slice(1);
        steps.push((scope) => String(evaluate(expression, scope)));
        at--;
      } else {
        steps.push((scope) => escapeHtml(lookUp(scope, tag) ?? ""));
        at--;
      }
    }
    return (scope) => steps.map((step) => step(scope)).join("");
  };
  return block();
}

// --- Markdown: headings, lists, paragraphs; emphasis, code and links --------------------------------------------------------------

const inlineRules = [
  [/`([^`]+)`/g, "<code>$1</code>"],
  [/\*\*([^*]+)\*\*/g, "<b>$1</b>"],
  [/\*([^*]+)\*/g, "<i>$1</i>"],
  [/\[([^\]]+)\]\((\S+?)\)/g, '<a href="$2">$1</a>'],
];
const inline = (text) => inlineRules.reduce((html, [pattern, replacement]) => html.replace(pattern, replacement), escapeHtml(text));

function markdown(source) {
  return source
    .trim()
    .split(/\n\s*\n/)
    .map((paragraph) => {
      const lines = paragraph.split("\n").map((line) => line.trim());
      const heading = /^(#{1,3}) (.*)$/.exec(lines[0]);
      if (heading) return `<h${heading[1].length}>${inline(heading[2])}</h${heading[1].length}>`;
      if (lines.every((line) => line.startsWith("- "))) return `<ul>${lines.map((line) => `<li>${inline(line.slice(2))}</li>`).join("")}</ul>`;
      return `<p>${inline(lines.join(" "))}</p>`;
    })
    .join("\n");
}

// --- The database -----------------------------------------------------------------------------------------------------------------

const csv = `id,name,founded,population,tags
1,"Springfield, North",1821,114394,river;rail
2,Ogdenville,1889,8120,mine
3,"The ""Old"" Town",1402,51000,walls;river;market
4,Shelbyville,1796,96230,rail;market
5,North Haverbrook,1911,430,rail
6,Capital City,1653,1920455,port;rail;market;walls`;

function parseCsv(text) {
  const cell = /(?:"((?:[^"]|"")*)"|([^,\n]*))(,|\n|$)/y;
  const rows = [[]];
  while (cell.lastIndex < text.length) {
    const [, quoted, plain, end] = cell.exec(text);
    rows.at(-1).push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === "\n") rows.push([]);
    if (end === "") break;
  }
  const [head, ...records] = rows;
  return records.map((record) => Object.fromEntries(record.map((value, i) => [head[i], /^\d+$/.test(value) ? Number(value) : value])));
}

const towns = parseCsv(csv).map((town) => ({ ...town, tags: town.tags.split(";") }));
const townsById = new Map(towns.map((town) => [town.id, town]));
const townsByTag = towns.reduce((index, town) => {
  for (const tag of town.tags) index.set(tag, [...(index.get(tag) ?? []), town.id]);
  return index;
}, new Map());

// --- Pages ------------------------------------------------------------------------------------------------------------------------

const documents = new Map(
  Object.entries({
    about: "# About\n\nThis service was *initialized* **before** it was started.\n\n- `router`\n- templates & [more](/towns)",
    rules: "## Rules\n\n1 < 2, and\n3 > 2.",
  }).map(([name, source]) => [name, markdown(source)]),
);

const templates = new Map(
  Object.entries({
    town: "<h1>{{name}}</h1>{{#if old}}an old town{{else}}founded in {{year}}{{/if}}, {{= round(population / 1000)}} thousand people: {{#each tags}}<i>{{.}}</i>{{/each}}",
    list: "<ol>{{#each towns}}<li value={{id}}>{{name}} ({{= index + 1}} of {{= total}})</li>{{/each}}</ol>",
  }).map(([name, text]) => [name, compileTemplate(text)]),
);

// --- The router: a tree of path segments --------------------------------------------------------------------------------------------

const routes = { children: new Map() };

function route(path, handler) {
  let node = routes;
  for (const segment of path.split("/").filter(Boolean)) {
    const key = segment.startsWith(":") ? ":" : segment;
    if (!node.children.has(key)) node.children.set(key, { children: new Map(), parameter: segment.slice(1) });
    node = node.children.get(key);
  }
  node.handler = handler;
}

function dispatch(pathname, query) {
  let node = routes;
  const parameters = {};
  for (const segment of pathname.split("/").filter(Boolean)) {
    const exact = node.children.get(segment);
    node = exact ?? node.children.get(":");
    if (!node) throw new Problem(404, `no page ${pathname}`);
    if (!exact) parameters[node.parameter] = decodeURIComponent(segment);
  }
  if (!node.handler) throw new Problem(404, `no page ${pathname}`);
  return node.handler(parameters, query);
}

function townWith(id) {
  const town = townsById.get(Number(id));
  if (!town) throw new Problem(404, `no town ${id}`);
  return town;
}

route("/", () => `${towns.length} towns, ${primes.length} primes, ${documents.size} documents, crc ${crc32(csv)}`);
route("/primes/:index", ({ index }) => String(primes[index] ?? "none"));
route("/roman/:number", ({ number }) => romanNumerals[number] || "none");
route("/crc/:text", ({ text }) => crc32(text));
route("/documents/:name", ({ name }) => {
  if (!documents.has(name)) throw new Problem(404, `no document ${name}`);
  return documents.get(name);
});
route("/calculate", (_, query) => {
  const scope = Object.fromEntries([...query].filter(([name]) => name !== "x").map(([name, value]) => [name, Number(value)]));
  return String(evaluate(query.get("x") ?? "", { pi: Math.PI, ...scope }));
});
route("/towns", () => templates.get("list")({ towns, total: towns.length }));
route("/towns/:id", ({ id }) => {
  const town = townWith(id);
  return templates.get("town")({ ...town, year: town.founded, old: town.founded < 1500 });
});
route("/towns/:id/json", ({ id }) => JSON.stringify(townWith(id)));
route("/tags/:tag", ({ tag }) => (townsByTag.get(tag) ?? []).map((id) => townsById.get(id).name).join("; "));

// What is used first is compiled now.
evaluate("round(sqrt(2) * 1e6)", {});

addEventListener("fetch", (event) => {
  const { pathname, searchParams } = new URL(event.request.url);
  let [status, answer] = [200, ""];
  try {
    answer = dispatch(pathname, searchParams);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    [status, answer] = [error.status, `error: ${error.message}`];
  }
  console.log(`${event.request.method} ${pathname} ${status} ${compiledExpressions.size}`);
  event.respondWith(new Response(answer, { status }));
});
