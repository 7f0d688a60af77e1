// How many data segments a module has, read from the head of its data section; outputs may be half a gigabyte.
import { closeSync, openSync, readSync } from "node:fs";

const DATA = 11;

export function countSegments(path) {
  const file = openSync(path, "r");
  try {
    const head = Buffer.alloc(16);
    for (let at = 8; readSync(file, head, 0, head.length, at) > 0; ) {
      const size = readLeb(head, 1);
      const contents = 1 + size.length;
      if (head[0] === DATA) return readLeb(head, contents).value;
      at += contents + size.value;
    }
    return 0;
  } finally {
    closeSync(file);
  }
}

function readLeb(bytes, at) {
  let value = 0;
  for (let length = 0; ; length++) {
    value += (bytes[at + length] & 0x7f) * 2 ** (7 * length);
    if (bytes[at + length] < 0x80) return { value, length: length + 1 };
  }
}
