const SLOTS_AT_FIRST = 64;
const encoder = new TextEncoder();

/** FNV-1a, 32 bits. */
function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash >>> 0;
}

function place(slots: Int32Array, name: Uint8Array, value: number): void {
  const mask = slots.length - 1;
  let at = hashOf(name, 0, name.length) & mask;
  while (slots[at]! >= 0) at = (at + 1) & mask;
  slots[at] = value;
}

/**
 * Numbers by name, found from the bytes of a frame without making a text of them. A table of open addressing at most half full; names
 * come and go rarely, so that taking one out builds it anew.
 */
export class StreamNames {
  readonly #bytes = new Map<number, Uint8Array>();
  #slots = new Int32Array(SLOTS_AT_FIRST).fill(-1);

  set(name: string, value: number): void {
    const bytes = encoder.encode(name);
    this.#bytes.set(value, bytes);
    if (2 * this.#bytes.size > this.#slots.length) this.#build();
    else place(this.#slots, bytes, value);
  }

  delete(value: number): void {
    if (this.#bytes.delete(value)) this.#build();
  }

  /** Number of the name at [from, to); -1 where there is none. */
  find(bytes: Uint8Array, from: number, to: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let at = hashOf(bytes, from, to) & mask; ; at = (at + 1) & mask) {
      const value = slots[at]!;
      if (value < 0 || this.#isAt(value, bytes, from, to)) return value;
    }
  }

  #isAt(value: number, bytes: Uint8Array, from: number, to: number): boolean {
    const name = this.#bytes.get(value)!;
    if (name.length !== to - from) return false;
    for (let i = 0; i < name.length; i++) if (name[i] !== bytes[from + i]) return false;
    return true;
  }

  #build(): void {
    let size = SLOTS_AT_FIRST;
    while (size < 2 * this.#bytes.size) size *= 2;
    const slots = new Int32Array(size).fill(-1);
    for (const [value, name] of this.#bytes) place(slots, name, value);
    this.#slots = slots;
  }
}
