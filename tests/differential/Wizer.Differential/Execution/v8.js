// What V8Opinion.cs runs modules with. A line for each observation: `ok`, `trap` or `error`, a tab, and the value or V8's words.
(function () {
  const imports = { host: { mix: (a, b) => BigInt.asIntN(64, b * 31n + BigInt(a)) } };
  const parse = (hex) => (hex.length === 8 ? parseInt(hex, 16) | 0 : BigInt.asIntN(64, BigInt("0x" + hex)));
  const print = (value) =>
    typeof value === "bigint" ? BigInt.asUintN(64, value).toString(16).padStart(16, "0") : (value >>> 0).toString(16).padStart(8, "0");
  const list = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

  function outcome(action) {
    try {
      return "ok\t" + action();
    } catch (error) {
      if (error instanceof WebAssembly.Exception) return "trap\tunhandled exception";
      const isTrap = error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
      return (isTrap ? "trap\t" : "error\t") + error.message.replace(/^WebAssembly\.Instance\(\): /, "");
    }
  }

  function pages(memory) {
    const words = new Uint32Array(memory.buffer);
    const hashes = [];
    for (let page = 0; page < words.length; page += 16384) {
      let hash = 0x811c9dc5;
      for (let i = page; i < page + 16384; i++) hash = Math.imul(hash ^ words[i], 0x01000193);
      hashes.push((hash >>> 0).toString(16).padStart(8, "0"));
    }
    return hashes.join(" ");
  }

  function elements(table) {
    const names = [];
    // The name of an exported function is its index.
    const index = typeof table.length === "bigint" ? BigInt : Number;
    for (let i = 0; i < table.length; i++) names.push(table.get(index(i))?.name ?? "-");
    return names.join(",");
  }

  return function (bytes, calls, memoryCount) {
    const lines = [];
    let module = null;
    lines.push(outcome(() => ((module = new WebAssembly.Module(bytes)), "valid")));
    if (module === null) return lines.join("\n");
    let exports = null;
    lines.push(outcome(() => ((exports = new WebAssembly.Instance(module, imports).exports), "instantiated")));
    if (exports === null) return lines.join("\n");
    for (const call of calls === "" ? [] : calls.split("\n")) {
      const [name, hex] = call.split("\t");
      const values = hex === "" ? [] : hex.split(",").map(parse);
      lines.push(outcome(() => list(exports[name](...values)).map(print).join(",")));
    }
    for (const name of ["table0", "table1"]) lines.push("ok\t" + elements(exports[name]));
    for (let i = 0; i < memoryCount; i++) lines.push("ok\t" + pages(exports["memory" + i]));
    return lines.join("\n");
  };
})();
