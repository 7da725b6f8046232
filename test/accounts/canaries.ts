import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { failureOf } from '../../src/api/handlers/failure-of.ts';

/** Texts that must never be seen, and a search for each in every form in which it might be. */
export class Canaries {
  readonly #forms = new Map<string, readonly string[]>();

  /** Plants one: long enough that nobody writes it by chance, of characters that a key may have. */
  plant(name: string, text = `CANARY${name}${createHash('sha256').update(name).digest('hex').slice(0, 32)}`): string {
    this.#forms.set(name, formsOf(text));
    return text;
  }

  get size(): number {
    return this.#forms.size;
  }

  /** `name in form` of all that are in a text. */
  hits(text: string): readonly string[] {
    const found: string[] = [];
    for (const [name, forms] of this.#forms)
      forms.forEach((form, k) => {
        if (text.includes(form)) found.push(`${name} in form ${k}`);
      });
    return found;
  }
}

/** As it stands, in a URL, in JSON, in hex, in base64 at each of the three places where it may begin, backwards, and a good part of it. */
function formsOf(text: string): readonly string[] {
  const base64 = [0, 1, 2].map((offset) => {
    const coded = Buffer.from('\0'.repeat(offset) + text).toString('base64');
    // The first and last characters depend on the neighbours.
    return coded.slice(offset === 0 ? 0 : 4, -4);
  });
  const hex = Buffer.from(text).toString('hex');
  return [
    text,
    encodeURIComponent(text),
    JSON.stringify(text).slice(1, -1),
    hex,
    hex.toUpperCase(),
    ...base64,
    ...base64.map((coded) => coded.replaceAll('+', '-').replaceAll('/', '_')),
    text.split('').reverse().join(''),
    text.slice(0, 20),
    text.slice(-20),
  ];
}

/** A value in every way in which a program shows one, causes and hidden fields too. */
export function shown(value: unknown): string {
  const parts: string[] = [];
  for (let at: unknown = value, depth = 0; at !== undefined && at !== null && depth < 8; depth++) {
    parts.push(`${at as string}`, inspect(at, { depth: 12, showHidden: true, getters: true, maxArrayLength: null }));
    parts.push(json(at), json(Object.getOwnPropertyDescriptors(at)));
    if (!(at instanceof Error)) break;
    const failure = failureOf(at);
    parts.push(String(at.stack), json(failure.toDocument()), inspect(failure, { depth: 12, showHidden: true }));
    at = at.cause;
  }
  return parts.join('\n');
}

function json(value: unknown): string {
  const seen = new WeakSet<object>();
  const text = JSON.stringify(value, (_key, each: unknown) => {
    if (typeof each === 'bigint') return String(each);
    if (typeof each !== 'object' || each === null) return each;
    if (seen.has(each)) return 'seen';
    seen.add(each);
    return each;
  });
  return text ?? '';
}
