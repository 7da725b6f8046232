/**
 * 128-bit streaming hash for state, events and data (MurmurHash3 x86-128's mixing, Appleby, public domain algorithm).
 * It tells equal from different between runs, processes and machines; it is not a defence against an adversary.
 */
export class Hash128 {
  readonly #h = new Uint32Array(4);
  readonly #double = new Float64Array(1);
  readonly #words = new Uint32Array(this.#double.buffer);
  #length = 0;

  constructor(seed = 0) {
    this.#h.fill(seed);
  }

  /** Adds one 32-bit word. */
  word(value: number): this {
    const h = this.#h;
    const lane = this.#length++ & 3;
    let k = Math.imul(value, 0x239b961b);
    k = (k << 15) | (k >>> 17);
    k = Math.imul(k, 0xab0e9789);
    let x = h[lane]! ^ k;
    x = (x << 19) | (x >>> 13);
    h[lane] = Math.imul(x + h[(lane + 1) & 3]!, 5) + 0x561ccd1b;
    return this;
  }

  /** Adds the eight bytes of a double; −0 counts as 0 and every NaN as the same NaN. */
  number(value: number): this {
    this.#double[0] = value === 0 ? 0 : Number.isNaN(value) ? Number.NaN : value;
    return this.word(this.#words[0]!).word(this.#words[1]!);
  }

  /** Adds a text with its length, so that ('ab', 'c') differs from ('a', 'bc'). */
  text(value: string): this {
    this.word(value.length);
    for (let i = 0; i < value.length; i++) this.word(value.charCodeAt(i));
    return this;
  }

  /** Adds `count` values of a column (all by default). */
  column(values: ArrayLike<number>, count = values.length): this {
    this.word(count);
    for (let i = 0; i < count; i++) this.number(values[i]!);
    return this;
  }

  /** The 32 hex digits of everything added so far; adding may go on afterwards. */
  digest(): string {
    const out = this.#h.map((x) => x ^ this.#length);
    spread(out);
    for (let i = 0; i < 4; i++) {
      let x = out[i]!;
      x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
      x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
      out[i] = x ^ (x >>> 16);
    }
    spread(out);
    return Array.from(out, (x) => x.toString(16).padStart(8, '0')).join('');
  }
}

/** Makes every lane depend on all four, as MurmurHash3 finishes. */
function spread(lanes: Uint32Array): void {
  lanes[0]! += lanes[1]! + lanes[2]! + lanes[3]!;
  for (let i = 1; i < 4; i++) lanes[i]! += lanes[0]!;
}

/** Hash of one text. */
export function hashText(text: string): string {
  return new Hash128().text(text).digest();
}
