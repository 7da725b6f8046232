import type { BenchResult } from './row.ts';

function figure(value: number | null): string {
  if (value === null) return '–';
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** Results as an aligned table: value, target, how many times the target the value is, and the note. */
export function tableOf(results: readonly BenchResult[]): string {
  const rows = results.map((r) => [
    r.name,
    figure(r.value),
    r.unit,
    figure(r.target),
    r.value === null || !r.target ? '' : `${(r.value / r.target).toFixed(2)}×`,
    r.met === null ? '' : r.met ? 'met' : 'MISSED',
    r.note ?? '',
  ]);
  const head = ['row', 'value', 'unit', 'target', 'of target', '', ''];
  const widths = head.map((title, k) => Math.max(title.length, ...rows.map((row) => row[k]!.length)));
  const isNumber = (k: number): boolean => k === 1 || k === 3 || k === 4;
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, k) => (isNumber(k) ? cell.padStart(widths[k]!) : cell.padEnd(widths[k]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
