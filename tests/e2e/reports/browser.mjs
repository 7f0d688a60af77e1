// A headless Chromium that does what it is told through its own protocol, by pipes and without a library.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export class Browser {
  #process;
  #profile;
  #session;
  #received = "";
  #nextId = 1;
  #waiting = new Map();
  // Whatever the page complained about, and every request it made, that for itself included.
  complaints = [];
  requests = [];

  static async open() {
    const browser = new Browser();
    browser.#profile = mkdtempSync(join(tmpdir(), "wizer-page-"));
    browser.#process = spawn("chromium", [
      "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions",
      "--hide-scrollbars", "--remote-debugging-pipe", `--user-data-dir=${browser.#profile}`, "about:blank"],
    { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    browser.#process.once("exit", () => {
      for (const { fail } of browser.#waiting.values()) fail(new Error("chromium has ended"));
    });
    browser.#process.stdio[4].setEncoding("utf8").on("data", text => browser.#receive(text));
    const { targetInfos } = await browser.call("Target.getTargets");
    const { targetId } = targetInfos.find(({ type }) => type === "page");
    browser.#session = (await browser.call("Target.attachToTarget", { targetId, flatten: true })).sessionId;
    for (const domain of ["Page", "Runtime", "Log", "Network"]) await browser.call(`${domain}.enable`);
    return browser;
  }

  // Each message ends with a zero.
  #receive(text) {
    const messages = (this.#received + text).split("\0");
    this.#received = messages.pop();
    for (const message of messages) this.#take(JSON.parse(message));
  }

  #take(message) {
    if (message.id) {
      const { done, fail } = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.error) fail(new Error(message.error.message));
      else done(message.result);
    } else if (message.method === "Runtime.exceptionThrown") {
      this.complaints.push(message.params.exceptionDetails.exception?.description ?? message.params.exceptionDetails.text);
    } else if (message.method === "Log.entryAdded" && message.params.entry.level === "error") {
      this.complaints.push(message.params.entry.text);
    } else if (message.method === "Network.requestWillBeSent") {
      this.requests.push(message.params.request.url);
    } else if (message.method === "Page.loadEventFired") {
      this.loaded?.();
    }
  }

  call(method, params = {}) {
    const id = this.#nextId++;
    return new Promise((done, fail) => {
      this.#waiting.set(id, { done, fail });
      this.#process.stdio[3].write(JSON.stringify({ id, method, params, sessionId: this.#session }) + "\0");
    });
  }

  async go(url) {
    const loaded = new Promise(done => this.loaded = done);
    await this.call("Page.navigate", { url });
    await loaded;
  }

  async evaluate(expression) {
    const { result, exceptionDetails } = await this.call("Runtime.evaluate", { expression, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  async press(key) {
    for (const type of ["keyDown", "keyUp"]) await this.call("Input.dispatchKeyEvent", { type, key, text: key.length === 1 ? key : undefined });
  }

  async screenshot(file, scheme) {
    await this.call("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
    const { data } = await this.call("Page.captureScreenshot", { captureBeyondViewport: true });
    writeFileSync(file, data, "base64");
  }

  async print(file) {
    const { data } = await this.call("Page.printToPDF", { printBackground: true });
    writeFileSync(file, data, "base64");
    return Buffer.from(data, "base64");
  }

  async close() {
    const ended = new Promise(done => this.#process.once("exit", done));
    this.#session = undefined;
    this.call("Browser.close").catch(() => {});
    await ended;
    rmSync(this.#profile, { recursive: true, force: true });
  }
}
