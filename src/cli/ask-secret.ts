import { fstatSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import { Failure } from '../api/failures.ts';
import type { Call } from '../api/world.ts';
import { Secret } from '../core/vocabulary/secret.ts';

type AskSecret = NonNullable<Call['askSecret']>;

/** A terminal or a pipe that answers come from. */
interface Answers extends NodeJS.ReadableStream {
  readonly isTTY?: boolean;
  unref?(): void;
}

export interface SecretAsker {
  readonly ask: AskSecret;
  /** Lets go of the input, so that the program can end. */
  readonly close: () => void;
}

const PEM_BEGINS = /^-----BEGIN /;
const PEM_ENDS = /^-----END /;

/** Whether there is anything to read answers from. */
export function hasInput(): boolean {
  try {
    fstatSync(0);
    return true;
  } catch {
    return false;
  }
}

/** Where nothing that is typed is shown. */
const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

/**
 * Asks for secrets. At a terminal each question stands on `screen`, what is typed or pasted is not shown, and what is new is asked twice.
 * Otherwise each question takes one line of the input, in the order of the questions. A private key in PEM form is taken to its last line.
 */
export function secretAsker(input: Answers, screen: NodeJS.WritableStream): SecretAsker {
  let piped: Lines | null = null;
  const once = async (question: string, isPlain = false): Promise<Secret> => {
    if (input.isTTY !== true) {
      piped ??= new Lines(createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }));
      return answered(question, piped);
    }
    screen.write(isPlain ? `${question}: ` : `${question} (not shown): `);
    // A history would keep what was typed.
    const output = isPlain ? screen : nowhere();
    const lines = new Lines(createInterface({ input, output, terminal: true, historySize: 0 }));
    try {
      return await answered(question, lines);
    } finally {
      lines.close();
      screen.write('\n');
    }
  };
  return {
    async ask(question, { isNew = false, isPlain = false } = {}) {
      const first = await once(question, isPlain);
      if (!isNew || input.isTTY !== true) return first;
      if ((await once(`${question}, again`)).reveal() === first.reveal()) return first;
      throw new Failure('secret-missing', `${question}: the two are not the same`, { hint: 'Run it again.' });
    },
    close: () => {
      piped?.close();
      if (piped !== null) input.unref?.();
    },
  };
}

/** One answer: a line, or the lines of a private key. */
async function answered(question: string, lines: Lines): Promise<Secret> {
  const refuse = (found: string): never => {
    throw new Failure('secret-missing', `${question}: expected an answer, found ${found}`, {
      details: { field: question },
    });
  };
  const first = await lines.next();
  if (first === 'interrupted') throw new Failure('interrupted', `${question}: interrupted`);
  if (first === null) return refuse('the end of the input');
  if (first.text.trim() === '') return refuse('an empty line');
  if (!PEM_BEGINS.test(first.text)) return new Secret(first.text.trim());
  const pem = [first.text];
  while (!PEM_ENDS.test(pem.at(-1)!)) {
    const next = await lines.next();
    if (next === null || next === 'interrupted') return refuse('a private key without its last line');
    pem.push(next.text);
  }
  return new Secret(`${pem.join('\n')}\n`);
}

/** Lines as they are asked for; those that come before wait. */
class Lines {
  readonly #reader: Interface;
  readonly #waiting: { readonly text: string }[] = [];
  #end: null | 'interrupted' | undefined;
  #asked: (() => void) | null = null;

  constructor(reader: Interface) {
    this.#reader = reader;
    reader.on('line', (text) => {
      this.#waiting.push({ text });
      this.#asked?.();
    });
    reader.on('SIGINT', () => this.#ended('interrupted'));
    reader.on('close', () => this.#ended(null));
  }

  /** Null at the end. */
  async next(): Promise<{ readonly text: string } | 'interrupted' | null> {
    if (this.#waiting.length === 0 && this.#end === undefined)
      await new Promise<void>((resolve) => {
        this.#asked = resolve;
      });
    this.#asked = null;
    return this.#waiting.shift() ?? this.#end ?? null;
  }

  close(): void {
    this.#reader.close();
  }

  #ended(how: null | 'interrupted'): void {
    this.#end ??= how;
    if (how === 'interrupted') this.#end = how;
    this.#asked?.();
  }
}
