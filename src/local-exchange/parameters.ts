import type { Answer } from './product.ts';
import { emptyParameter, REFUSALS, refusal } from './refusals.ts';

/** A request's parameters as sent: decoded values, the text that was signed, and the signature apart. */
export interface SentParameters {
  readonly values: Map<string, string>;
  /** Query followed by body, both as received but for the signature, with nothing between them. */
  readonly signedText: string;
  readonly signature: string | null;
}

const MALFORMED = refusal(400, -1100, 'Illegal characters found in a parameter.');

/** `%20` and `+` to blanks; null where a percent sign is followed by no byte or the bytes are no UTF-8. */
function decode(text: string): string | null {
  if (!text.includes('%') && !text.includes('+')) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}

/** Takes `signature=…` out of a text, together with one `&` beside it. */
function splitSignature(text: string): { readonly rest: string; readonly signature: string | null } {
  const leads = text.startsWith('signature=');
  const from = leads ? 0 : text.indexOf('&signature=');
  if (from < 0) return { rest: text, signature: null };
  const valueFrom = from + (leads ? 10 : 11);
  const end = text.indexOf('&', valueFrom);
  if (end < 0) return { rest: text.slice(0, from), signature: text.slice(valueFrom) };
  const rest = leads ? text.slice(end + 1) : text.slice(0, from) + text.slice(end);
  return { rest, signature: text.slice(valueFrom, end) };
}

/** Reads one text into `values`, leaving names that are there already. */
function readInto(values: Map<string, string>, text: string): Answer | null {
  if (text === '') return null;
  let seen: Set<string> | null = null;
  const earlier = values.size > 0 ? new Set(values.keys()) : null;
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const at = pair.indexOf('=');
    const name = decode(at < 0 ? pair : pair.slice(0, at));
    const value = decode(at < 0 ? '' : pair.slice(at + 1));
    if (name === null || value === null) return MALFORMED;
    if (earlier?.has(name)) {
      seen ??= new Set();
      if (seen.has(name)) return REFUSALS.duplicateValues;
      seen.add(name);
      continue;
    }
    if (values.has(name)) return REFUSALS.duplicateValues;
    if (value === '') return emptyParameter(name);
    values.set(name, value);
  }
  return null;
}

/**
 * Reads query (without `?`) and form body as they were received. Where a name is in both, the query wins; twice in one of them is
 * refused, and so is an empty value.
 */
export function readParameters(rawQuery: string, rawBody: string): SentParameters | Answer {
  const query = splitSignature(rawQuery);
  const body = splitSignature(rawBody);
  const values = new Map<string, string>();
  const offence = readInto(values, query.rest) ?? readInto(values, body.rest);
  if (offence) return offence;
  const raw = query.signature ?? body.signature;
  // A Base64 plus that was not encoded reads as a blank; a signature never holds one.
  const signature = raw === null ? null : (decode(raw)?.replaceAll(' ', '+') ?? raw);
  return { values, signedText: query.rest + body.rest, signature };
}

export function isAnswer(value: SentParameters | Answer): value is Answer {
  return 'status' in value;
}
