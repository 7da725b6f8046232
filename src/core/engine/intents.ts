import { columnToText, textToColumn } from '../vocabulary/column-text.ts';

export interface IntentsSnapshot {
  readonly words: readonly string[];
  readonly rows: string;
}

/** What a strategy asked for and why, one row an intent. Texts are kept by reference: the same `why` costs nothing twice. */
export class Intents {
  count = 0;
  readonly why: string[] = [];
  /** Tags by row: most intents have none. */
  readonly tags = new Map<number, string>();
  readonly action: string[] = [];
  slot = new Int32Array(256);
  /** Sequence number of the `signal-generated` event. */
  seq = new Int32Array(256);

  add(slot: number, action: string, why: string, tag: string | undefined): number {
    const row = this.count++;
    if (row === this.slot.length) this.#grow(row * 2);
    this.slot[row] = slot;
    this.action[row] = action;
    this.why[row] = why;
    if (tag !== undefined) this.tags.set(row, tag);
    return row;
  }

  /** Every text once, and rows that refer to them. */
  snapshot(): IntentsSnapshot {
    const words: string[] = [];
    const known = new Map<string, number>();
    const word = (text: string): number => {
      const at = known.get(text);
      if (at !== undefined) return at;
      known.set(text, words.length);
      return words.push(text) - 1;
    };
    const rows = Array.from({ length: this.count }, (_, row) => {
      const tag = this.tags.get(row);
      return [
        this.slot[row]!,
        this.seq[row]!,
        word(this.action[row]!),
        word(this.why[row]!),
        tag === undefined ? -1 : word(tag),
      ];
    });
    return { words, rows: columnToText(rows.flat()) };
  }

  restore(s: IntentsSnapshot): void {
    this.clear();
    const values = textToColumn(s.rows);
    for (let at = 0; at < values.length; at += 5) {
      const [slot, seq, action, why, tag] = values.subarray(at, at + 5);
      const row = this.add(slot!, s.words[action!]!, s.words[why!]!, tag! < 0 ? undefined : s.words[tag!]!);
      this.seq[row] = seq!;
    }
  }

  clear(): void {
    this.count = 0;
    this.tags.clear();
  }

  #grow(size: number): void {
    const slot = new Int32Array(size);
    slot.set(this.slot);
    this.slot = slot;
    const seq = new Int32Array(size);
    seq.set(this.seq);
    this.seq = seq;
  }
}
