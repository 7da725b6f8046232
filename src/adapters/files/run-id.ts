/** Crockford's base 32: no I, L, O and U, in the order of the characters' codes, so that ids sort as their numbers do. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 6;
/** 2024-01-01: six digits of seconds last until 2058. */
const EPOCH_MS = 1_704_067_200_000;

/** Number of the id that a run started at this time would like. */
export function runNumber(nowMs: number): number {
  return Math.max(0, Math.floor((nowMs - EPOCH_MS) / 1000));
}

/** `bt_7Q4M2K`: the number in six digits of base 32. */
export function runId(prefix: string, number: number): string {
  let text = '';
  for (let rest = number, k = 0; k < LENGTH; k++, rest = Math.floor(rest / 32)) text = DIGITS[rest % 32] + text;
  return `${prefix}_${text}`;
}

/** The number of an id, or null where it is none. */
export function numberOfRunId(id: string): number | null {
  const match = /^[a-z]{2}_([0-9A-HJKMNP-TV-Z]{6})$/.exec(id);
  if (!match) return null;
  let number = 0;
  for (const digit of match[1]!) number = number * 32 + DIGITS.indexOf(digit);
  return number;
}
