import { z } from 'zod';
import { Failure } from './failures.ts';

/**
 * Lists are told in pages, the newest first; within one, each list keeps its own order. The cursor of an answer asks for the page of what is
 * older. It is no offset: what has come meanwhile moves nothing.
 */
export const cursorField = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected a cursor as an answer had it')
  .optional()
  .meta({ description: 'What is older than an answer: the cursor that it had', placeholder: 'cursor' });

/** The cursor of the next page; null where there is nothing older. */
export const cursorOutput = z.string().nullable();

/** Ends of the page of a list that grows at its end: rows from `from` up to, not including, `to`; `cursor` for those before. */
export interface Page {
  readonly from: number;
  readonly to: number;
  readonly cursor: string | null;
}

/** The page before `cursor` of a list of `count` rows; without a cursor the newest. Throws {@link Failure} `input-invalid`. */
export function pageOf(count: number, limit: number, cursor: string | undefined): Page {
  const to = Math.min(count, cursor === undefined ? count : numberOf(cursor));
  const from = Math.max(0, to - limit);
  return { from, to, cursor: from > 0 ? from.toString(36) : null };
}

/** The number that a cursor stands for. Throws {@link Failure} `input-invalid`. */
export function numberOf(cursor: string): number {
  const number = /^[0-9a-z]{1,10}$/.test(cursor) ? Number.parseInt(cursor, 36) : Number.NaN;
  if (Number.isSafeInteger(number)) return number;
  throw unknownCursor(cursor);
}

export function unknownCursor(cursor: string): Failure {
  return new Failure('input-invalid', `cursor: expected one that this list has told, found ${cursor}`, {
    details: { field: 'cursor', found: cursor },
  });
}
