const NUMERIC = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
/** 20240131, 202401311305 and 20240131130500 are dates, not epochs of 1970, 1976 and 2611. */
const COMPACT_DATE = /^(19|20)\d\d(0[1-9]|1[0-2])([0-2]\d|3[01])(\d{4}|\d{6})?$/;

/** True for text that is a plain number. */
export function isNumeric(text: string): boolean {
  return NUMERIC.test(text);
}

/** True for text of digits alone that is a date, with or without a clock. */
export function isCompactDate(text: string): boolean {
  return COMPACT_DATE.test(text);
}

/** True for text that reads as a time of a row: a number or a date. */
export function isTimeText(text: string): boolean {
  if (NUMERIC.test(text)) return true;
  return /^\d{1,4}[-./]\d{1,2}[-./]\d{1,4}/.test(text) || /^\d{8}[ T]\d{2}/.test(text);
}
