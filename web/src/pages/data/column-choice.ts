import type { ImportTrial } from '../../../../src/api/dry-run.ts';

/** What a column can be taken for. A day and a time of day may stand in two columns. */
export const FIELDS = ['time', 'clock', 'open', 'high', 'low', 'close', 'volume'] as const;
export type Field = (typeof FIELDS)[number];

/** Positions from 1 by field, as somebody chose them; 0: none. */
export type Choice = Readonly<Partial<Record<Field, number>>>;

type Columns = ImportTrial['columns'];

/** Where a field is, by itself or as it was chosen; 0: nowhere. */
export function positionOf(field: Field, choice: Choice, columns: Columns): number {
  const own = (name: string): number => columns.find((each) => each.field === name)?.position ?? 0;
  return choice[field] ?? (field === 'time' ? own('time') || own('date') : own(field));
}

/** A choice in the words of `data import`: `time=1,open=3`; null where nothing was chosen. */
export function columnsText(choice: Choice, columns: Columns): string | null {
  const words: string[] = [];
  if (choice.time !== undefined || choice.clock !== undefined) {
    const [time, clock] = [positionOf('time', choice, columns), positionOf('clock', choice, columns)];
    if (time > 0) words.push(clock > 0 ? `date=${time},clock=${clock}` : `time=${time}`);
  }
  for (const field of FIELDS.slice(2)) {
    const position = choice[field] ?? 0;
    if (position > 0) words.push(`${field}=${position}`);
  }
  return words.length === 0 ? null : words.join(',');
}
