import { textOf } from '../format/words.ts';
import { Button } from './button.tsx';

/** Keeps rows as a CSV file, as they are shown. */
export function ExportButton<R extends object>({ name, rows }: { readonly name: string; readonly rows: readonly R[] }) {
  const save = (): void => {
    const columns = Object.keys(rows[0] ?? {});
    const lines = [
      columns.join(','),
      ...rows.map((row) => columns.map((column) => cell(row[column as keyof R])).join(',')),
    ];
    const address = URL.createObjectURL(new Blob([`${lines.join('\n')}\n`], { type: 'text/csv' }));
    const link = document.createElement('a');
    link.href = address;
    link.download = `${name}.csv`;
    link.click();
    URL.revokeObjectURL(address);
  };
  return (
    <Button size="small" disabled={rows.length === 0} onClick={save}>
      Export CSV
    </Button>
  );
}

/** RFC 4180; what a spreadsheet would take for a formula is text. */
function cell(value: unknown): string {
  const text = textOf(value);
  const safe = /^[=+@\t]|^-(?![\d.])/.test(text) ? `'${text}` : text;
  return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
