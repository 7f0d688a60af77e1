// Distances between places, their names and their neighbours by name, as a game or a planner prepares them. AssemblyScript, with
// its own collector, strings and collections.
const WIDTH: i32 = 384;
const HEIGHT: i32 = 384;

class Place {
  neighbours: Place[] = [];
  distance: i32 = i32.MAX_VALUE;
  constructor(public name: string, public cost: i32) {}
}

let seed: u32 = 1;
function random(limit: u32): u32 {
  seed ^= seed << 13;
  seed ^= seed >> 17;
  seed ^= seed << 5;
  return seed % limit;
}

class Heap {
  private items: Place[] = [];
  private keys: i32[] = [];

  get size(): i32 {
    return this.items.length;
  }

  push(key: i32, item: Place): void {
    let at = this.items.length;
    this.items.push(item);
    this.keys.push(key);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.keys[parent] <= key) break;
      this.keys[at] = this.keys[parent];
      this.items[at] = this.items[parent];
      at = parent;
    }
    this.keys[at] = key;
    this.items[at] = item;
  }

  pop(): Place {
    const first = this.items[0];
    const item = this.items.pop();
    const key = this.keys.pop();
    const size = this.items.length;
    if (size == 0) return first;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && this.keys[child + 1] < this.keys[child]) child++;
      if (this.keys[child] >= key) break;
      this.keys[at] = this.keys[child];
      this.items[at] = this.items[child];
      at = child;
    }
    this.keys[at] = key;
    this.items[at] = item;
    return first;
  }
}

const places: Place[] = [];
const byName = new Map<string, Place>();

export function initialize(): void {
  for (let i = 0; i < WIDTH * HEIGHT; i++) {
    const place = new Place("place " + (i % WIDTH).toString() + "/" + (i / WIDTH).toString(), 1 + random(9));
    places.push(place);
    byName.set(place.name, place);
  }
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const place = places[y * WIDTH + x];
      if (x > 0) place.neighbours.push(places[y * WIDTH + x - 1]);
      if (x + 1 < WIDTH) place.neighbours.push(places[y * WIDTH + x + 1]);
      if (y > 0) place.neighbours.push(places[(y - 1) * WIDTH + x]);
      if (y + 1 < HEIGHT) place.neighbours.push(places[(y + 1) * WIDTH + x]);
    }
  }
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < places.length; i++) places[i].distance = i32.MAX_VALUE;
    const open = new Heap();
    const start = byName.get("place " + (round * 100).toString() + "/7");
    start.distance = 0;
    open.push(0, start);
    while (open.size > 0) {
      const place = open.pop();
      for (let i = 0; i < place.neighbours.length; i++) {
        const next = place.neighbours[i];
        const distance = place.distance + next.cost;
        if (distance < next.distance) {
          next.distance = distance;
          open.push(distance, next);
        }
      }
    }
  }
}

export function distance(x: i32, y: i32): i32 {
  return byName.get("place " + x.toString() + "/" + y.toString()).distance;
}

export function checksum(): i32 {
  let sum = 0;
  for (let i = 0; i < places.length; i++) sum = (sum * 31 + places[i].distance + places[i].name.length) % 1000003;
  return sum;
}
