import { price, quantity } from '../../format/numerals.ts';
import { timeText } from '../../format/times.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { useAppearance } from '../../theme/appearance.ts';
import type { Frame } from './frame.ts';
import { overlaysOf } from './overlays.ts';

/** What a chart shows, as a table: newest bar first. */
export function BarsTable({
  frame,
  label,
  height,
}: {
  readonly frame: Frame;
  readonly label: string;
  readonly height: number;
}) {
  const { clock } = useAppearance();
  const lines = overlaysOf(frame);
  const rows = frame.bars.map((bar, k) => ({ ...bar, k })).reverse();
  type Row = (typeof rows)[number];
  const columns: readonly Column<Row>[] = [
    { name: 'Opened', cell: ({ timeS }) => timeText(timeS * 1000, clock), width: '11rem' },
    ...(['open', 'high', 'low', 'close'] as const).map((field) => ({
      name: field,
      align: 'right' as const,
      cell: (row: Row) => price(row[field]),
    })),
    { name: 'Volume', align: 'right', isWide: true, cell: ({ volume }) => quantity(volume) },
    ...lines.map(({ name, values }) => ({
      name,
      align: 'right' as const,
      isWide: true,
      cell: ({ k }: Row) => price(values[k] ?? null),
      width: 'minmax(8rem, 1fr)',
    })),
  ];
  return <DataTable label={label} rows={rows} columns={columns} rowKey={({ timeS }) => timeS} height={height} />;
}
