// The world an output is instantiated in: no arguments, no environment, no files; time stands still and chance is zero. A
// service of js-compute finds one request waiting; every other call of the host fails. What the guest does is remembered.
export class World {
  #trace = [];
  #request;
  #memory;

  constructor(module, request) {
    this.#request = request;
    this.imports = {};
    const answers = this.#answers();
    for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
      if (kind !== "function") throw new Error(`unexpected import ${from}.${name} of kind ${kind}`);
      (this.imports[from] ??= {})[name] = (...values) => {
        this.#trace.push(`${from}.${name}`);
        if (this.#trace.length > 10_000) throw new Error("calls for ever");
        return (answers[`${from}.${name}`] ?? answers[name])?.(...values) ?? 1;
      };
    }
  }

  // Instantiates the module here; the host knows where its memory is.
  instantiate(module) {
    const instance = new WebAssembly.Instance(module, this.imports);
    this.#memory = instance.exports.memory;
    return instance;
  }

  // As wizer does: what makes a reactor ready first.
  initialize(instance, name) {
    instance.exports._initialize?.();
    instance.exports[name]();
    this.#trace.length = 0;
  }

  // What an export answers, with the calls of the host on the way.
  call(instance, name, values) {
    this.#trace.length = 0;
    try {
      return `${instance.exports[name](...values)} ${this.#trace}`;
    } catch (error) {
      return `${error.message} ${this.#trace}`;
    }
  }

  // Runs the guest until it returns or gives up; what it did, step by step.
  serve(instance) {
    try {
      instance.exports._start();
      this.#trace.push("returns");
    } catch (error) {
      this.#trace.push(error.message);
    }
    return this.#trace;
  }

  #answers() {
    const set = (address, value) => new DataView(this.#memory.buffer).setUint32(address, value, true);
    const text = (address, length) => new TextDecoder().decode(new Uint8Array(this.#memory.buffer, address, length));
    const put = (answer, address, written) => {
      set(written, new TextEncoder().encodeInto(answer, new Uint8Array(this.#memory.buffer, address)).written);
      return 0;
    };
    return {
      args_sizes_get: (count, size) => (set(count, 0), set(size, 0), 0),
      args_get: () => 0,
      environ_sizes_get: (count, size) => (set(count, 0), set(size, 0), 0),
      environ_get: () => 0,
      clock_time_get: (_id, _precision, time) => (set(time, 0), set(time + 4, 0), 0),
      random_get: (address, length) => (new Uint8Array(this.#memory.buffer, address, length).fill(0), 0),
      "fastly_http_req.body_downstream_get": (request, body) => (set(request, 1), set(body, 2), 0),
      "fastly_http_req.uri_get": (_request, address, _length, written) => put(`https://example.com${this.#request}`, address, written),
      "fastly_http_req.method_get": (_request, address, _length, written) => put("GET", address, written),
      "fastly_http_resp.new": (response) => (set(response, 3), 0),
      "fastly_http_resp.status_set": () => 0,
      "fastly_http_resp.status_get": (_response, status) => (new DataView(this.#memory.buffer).setUint16(status, 200, true), 0),
      "fastly_http_resp.header_insert": () => 0,
      "fastly_http_resp.send_downstream": () => 0,
      "fastly_http_body.new": (body) => (set(body, 4), 0),
      "fastly_http_body.write": (_body, address, length, _end, written) => {
        this.#trace.push(`answers ${JSON.stringify(text(address, length))}`);
        set(written, length);
        return 0;
      },
      "fastly_http_body.close": () => 0,
      proc_exit: (code) => {
        throw new Error(`exits with ${code}`);
      },
    };
  }
}
