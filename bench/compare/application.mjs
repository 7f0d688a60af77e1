// An application for js-compute of a given number of lines: modules of a service as people write them (classes, tables,
// closures, regular expressions, JSON), each of which prepares something before the first request. The same every time.
const feature = (i) => `
// Feature ${i}: accounts and what they may do.
class Account${i} extends Entity {
  constructor(id, name) {
    super(id);
    this.name = name;
    this.limits = { requests: ${100 + ((i * 37) % 900)}, bytes: ${(i * 7919) % 100_000}, plan: "plan-${i % 7}" };
  }

  get label() {
    return \`\${this.name} <\${this.id}> \${this.limits.plan}\`;
  }

  allows(count) {
    return count <= this.limits.requests && !blocked.has(this.id);
  }
}
const accounts${i} = Array.from({ length: ${20 + (i % 30)} }, (_, n) => new Account${i}(n * ${i + 3}, "account" + n));
const byPlan${i} = new Map(accounts${i}.map((account) => [account.label, account]));
const pattern${i} = /^\\/v${i}\\/(\\w+)\\/(?<id>\\d+)(?:\\?(.*))?$/u;
const settings${i} = JSON.parse('{"name": "feature-${i}", "retries": ${i % 5}, "hosts": ["a${i}.example", "b${i}.example"], "ratio": 0.${i + 1}}');
route(pattern${i}, (match) => {
  const account = accounts${i}.find(({ id }) => id === Number(match.groups.id));
  if (!account?.allows(settings${i}.retries)) return undefined;
  return [...byPlan${i}.keys()].filter((label) => label.includes(match[1])).sort().join();
});
note(accounts${i}.reduce((sum, { label, limits }) => (sum * 31 + label.length + limits.bytes) | 0, ${i}));
note(settings${i}.hosts.map((host) => host.split(".").reverse().join("/")).join().length);
`;

const beginning = `// Made by bench/compare/application.mjs.
"use strict";
let checksum = 0;
const note = (value) => (checksum = (checksum * 33 + value) | 0);
const routes = [];
const route = (pattern, answer) => routes.push([pattern, answer]);
const blocked = new Set([13, 66]);
class Entity {
  #created = 0;
  constructor(id) {
    this.id = id;
  }
  touch() {
    return ++this.#created;
  }
}
const primes = [];
outer: for (let n = 2; primes.length < 2000; n++) {
  for (let i = 0; primes[i] * primes[i] <= n; i++) {
    if (n % primes[i] === 0) continue outer;
  }
  primes.push(n);
}
note(primes.at(-1));
`;

const end = `
addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  if (pathname === "/checksum") return event.respondWith(new Response("checksum " + checksum));
  for (const [pattern, answer] of routes) {
    const match = pattern.exec(pathname);
    if (match) return event.respondWith(new Response(answer(match) ?? "not allowed"));
  }
  event.respondWith(new Response("not found", { status: 404 }));
});
`;

const countLines = (text) => text.split("\n").length - 1;

export function makeApplication(lines) {
  let text = beginning;
  for (let i = 0; countLines(text + feature(i) + end) <= lines; i++) text += feature(i);
  text += end;
  return text + "// \n".repeat(Math.max(0, lines - countLines(text)));
}

// One that computes: a parser reads its own source, again and again, and every node of the tree is visited.
export const makeParser = (acorn, times) => `${acorn}
const source = ${JSON.stringify(acorn)};
let checksum = 0;
for (let i = 0; i < ${times}; i++) {
  const pending = [acorn.parse(source, { ecmaVersion: 2022, locations: true })];
  while (pending.length) {
    const node = pending.pop();
    checksum = (checksum * 31 + node.type.length + node.loc.start.line) % 1000003;
    for (const value of Object.values(node)) {
      if (Array.isArray(value)) pending.push(...value.filter((item) => item?.type));
      else if (typeof value?.type === "string") pending.push(value);
    }
  }
}
addEventListener("fetch", (event) => event.respondWith(new Response("checksum " + checksum)));
`;
