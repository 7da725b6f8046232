/** The newest entries of what was told, each with its number: so many and so many bytes at most. */
export class History {
  readonly #mostEntries: number;
  readonly #mostBytes: number;
  #texts: string[] = [];
  /** Entries before this one of the list are gone. */
  #head = 0;
  #bytes = 0;
  #newest = 0;

  constructor(mostEntries: number, mostBytes: number) {
    this.#mostEntries = mostEntries;
    this.#mostBytes = mostBytes;
  }

  /** Number of the newest entry; 0 before the first. */
  get newest(): number {
    return this.#newest;
  }

  /** The entry before the oldest that is kept: who knows it can be told everything since. */
  get reaches(): number {
    return this.#newest - (this.#texts.length - this.#head);
  }

  add(text: string): void {
    this.#texts.push(text);
    this.#bytes += text.length;
    this.#newest++;
    while (this.#texts.length - this.#head > this.#mostEntries || this.#bytes > this.#mostBytes) {
      if (this.#head === this.#texts.length - 1) break;
      this.#bytes -= this.#texts[this.#head]!.length;
      this.#texts[this.#head++] = '';
    }
    if (this.#head > 1_000 && this.#head * 2 > this.#texts.length) {
      this.#texts = this.#texts.slice(this.#head);
      this.#head = 0;
    }
  }

  /** Entries after `seq` in their order, at least one where there are any, else as many as `most` characters hold; with the last one's number. */
  after(seq: number, most: number): { readonly texts: readonly string[]; readonly seq: number } {
    const first = this.#head + (seq - this.reaches);
    let end = first;
    for (let size = 0; end < this.#texts.length; end++) {
      size += this.#texts[end]!.length;
      if (size > most && end > first) break;
    }
    return { texts: this.#texts.slice(first, end), seq: seq + (end - first) };
  }
}
