import { pad, type Style, shorten, WIDTH, widthOf } from './style.ts';

export interface Column {
  readonly header: string;
  readonly align?: 'left' | 'right';
  /** May be cut where the table would be too wide. */
  readonly mayShrink?: boolean;
}

const GAP = 2;
const MARGIN = 1;

/** Rows under headers, at most {@link WIDTH} columns wide; numbers belong in columns aligned to the right. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], style: Style): string {
  const widths = columns.map((c, k) => Math.max(widthOf(c.header), ...rows.map((row) => widthOf(row[k] ?? ''))));
  const total = (): number => MARGIN + widths.reduce((sum, w) => sum + w + GAP, -GAP);
  for (let excess = total() - WIDTH; excess > 0; excess = total() - WIDTH) {
    const shrinkable = columns.flatMap((c, k) => (c.mayShrink && widths[k]! > 8 ? [k] : []));
    if (shrinkable.length === 0) break;
    const widest = shrinkable.reduce((a, b) => (widths[b]! > widths[a]! ? b : a));
    widths[widest]!--;
  }
  const lineOf = (cells: readonly string[], paint: (text: string) => string): string =>
    ' '.repeat(MARGIN) +
    columns
      .map((column, k) => {
        const text = cells[k] ?? '';
        const fitted = widthOf(text) > widths[k]! ? shorten(text, widths[k]!) : text;
        return pad(paint(fitted), widths[k]!, column.align);
      })
      .join(' '.repeat(GAP))
      .trimEnd();
  const head = columns.some((c) => c.header !== '')
    ? [
        lineOf(
          columns.map((c) => c.header),
          (text) => style.dim(text),
        ),
      ]
    : [];
  return [...head, ...rows.map((row) => lineOf(row, (t) => t))].join('\n');
}
