// Counts words while it is initialized, and traps when it is asked to.
class Entry {
  constructor(public word: string, public count: i32) {}
}

const entries = new Map<string, Entry>();
let title: string = "";

function add(word: string): void {
  if (entries.has(word)) {
    entries.get(word).count++;
  } else {
    entries.set(word, new Entry(word, 1));
  }
}

// A statement of the module itself goes into the start function, which the initialized module does without.
add("three");

export function initialize(): void {
  const words = "one two two three three".split(" ");
  for (let i = 0; i < words.length; i++) {
    add(words[i]);
  }

  title = entries.size.toString() + " words";
}

export function again(): void {
  entries.set("last", new Entry("last", 1));
}

function half(n: i32): i32 {
  if (n % 2 != 0) {
    unreachable();
  }

  return n / 2;
}

export function quarter(n: i32): i32 {
  return half(half(n));
}

export function look(): i32 {
  return entries.get("three").count * 100 + title.length;
}
