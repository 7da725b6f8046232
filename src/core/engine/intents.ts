import { assert } from '../vocabulary/assert.ts';
import { columnToText, textToColumn } from '../vocabulary/column-text.ts';

export interface IntentsSnapshot {
  readonly words: readonly string[];
  readonly rows: string;
}

const ACTIONS = ['buy', 'sell', 'close', 'target', 'liquidation', 'settlement'] as const;
type IntentAction = (typeof ACTIONS)[number];
/** What intents ask for. */
export const ACTION = Object.fromEntries(ACTIONS.map((action, i) => [action, i])) as {
  readonly [K in IntentAction]: number;
};

/**
 * What a strategy asked for and why, one row an intent: the words slot × 8 + action and the sequence number of its `signal-generated` event.
 * Texts are kept by reference: the same `why` costs nothing twice.
 */
export class Intents {
  count = 0;
  readonly why: string[] = [];
  /** Tags by row: most intents have none. */
  readonly tags = new Map<number, string>();
  #words = new Int32Array(2);

  /** `action`: one of {@link ACTION}. `seq`: its `signal-generated` event. */
  add(slot: number, action: number, why: string, tag: string | undefined, seq: number): number {
    const row = this.count++;
    const word = row << 1;
    if (word >= this.#words.length) this.#grow(word * 2);
    this.#words[word] = (slot << 3) | action;
    this.#words[word | 1] = seq;
    this.why[row] = why;
    if (tag !== undefined) this.tags.set(row, tag);
    return row;
  }

  /** Makes room for some intents more, so that none of them has to. */
  makeRoom(intents: number): void {
    const words = (this.count + intents) << 1;
    if (words > this.#words.length) this.#grow(Math.max(this.#words.length * 2, words));
  }

  slot(row: number): number {
    return this.#words[row << 1]! >> 3;
  }

  action(row: number): IntentAction {
    return ACTIONS[this.#words[row << 1]! & 7]!;
  }

  /** Sequence number of its `signal-generated` event. */
  seq(row: number): number {
    return this.#words[(row << 1) | 1]!;
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
        this.slot(row),
        this.seq(row),
        word(this.action(row)),
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
      const [slot, seq, word, why, tag] = values.subarray(at, at + 5);
      const action = ACTION[s.words[word!] as IntentAction];
      assert(action !== undefined, `an intent's action is one of ${ACTIONS.join(', ')}, found ${s.words[word!]}`);
      this.add(slot!, action, s.words[why!]!, tag! < 0 ? undefined : s.words[tag!]!, seq!);
    }
  }

  clear(): void {
    this.count = 0;
    this.tags.clear();
  }

  #grow(size: number): void {
    const words = new Int32Array(size);
    words.set(this.#words);
    this.#words = words;
  }
}
