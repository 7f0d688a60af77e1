// What a service sets up before its first request: the work that pre-initialization takes off every start.
const primes = [];
outer: for (let n = 2; primes.length < 2000; n++) {
  for (let i = 0; primes[i] * primes[i] <= n; i++) {
    if (n % primes[i] === 0) continue outer;
  }
  primes.push(n);
}

const routes = new Map([
  [/^\/primes\/(\d+)$/, (match) => String(primes[match[1]])],
  [/^\/hello\/(\w+)$/, (match) => `hello, ${match[1]}`],
]);

const settings = JSON.parse('{"greeting": "ready", "limits": [1, 2, 3]}');

addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  console.log(`${settings.greeting} ${primes.at(-1)} ${pathname}`);
  for (const [pattern, answer] of routes) {
    const match = pattern.exec(pathname);
    if (match) return event.respondWith(new Response(answer(match)));
  }
  event.respondWith(new Response("not found", { status: 404 }));
});
