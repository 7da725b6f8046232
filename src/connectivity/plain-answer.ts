import type { Secret } from '../core/vocabulary/secret.ts';

const MOST_REASON = 160;

/** The JSON of a body; null where it is none. */
export function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString()) as unknown;
  } catch {
    return null;
  }
}

/** One short line that repeats no secret, nor the part of one that stands behind its last slash. */
export function plain(text: string, secrets: readonly Secret[]): string {
  let shown = text;
  for (const secret of secrets) {
    const word = secret.reveal();
    for (const part of [word, encodeURIComponent(word), ...word.split('/').filter((each) => each.length >= 8)])
      if (part !== '') shown = shown.replaceAll(part, '[secret]');
  }
  return shown
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, MOST_REASON);
}

/** A field of an object; undefined where there is none. */
export function fieldOf(json: unknown, name: string): unknown {
  return typeof json === 'object' && json !== null ? (json as Record<string, unknown>)[name] : undefined;
}

/** Undefined where there is none of that type, as with {@link numberField}. */
export function textField(json: unknown, name: string): string | undefined {
  const value = fieldOf(json, name);
  return typeof value === 'string' ? value : undefined;
}

export function numberField(json: unknown, name: string): number | undefined {
  const value = fieldOf(json, name);
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}
