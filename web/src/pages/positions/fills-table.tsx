import { useState } from 'react';
import { type FillLine, useFills } from '../../desk/fills.ts';
import { money, price, quantity } from '../../format/numerals.ts';
import { timeText } from '../../format/times.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { ExportButton } from '../../parts/export-button.tsx';
import { Change, Side } from '../../parts/figure.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';
import { rowsWith, useTableView } from '../../parts/table-view.ts';
import { ViewBar } from '../../parts/view-bar.tsx';
import { useAppearance } from '../../theme/appearance.ts';
import { WhyDrawer } from '../../why/why-drawer.tsx';
import { OfSession } from '../overview/no-session.tsx';

/** Every fill; each opens what led to it. */
export function FillsTable() {
  const view = useFills(10_000);
  const { clock } = useAppearance();
  const [fill, setFill] = useState<number | null>(null);
  const columns: readonly Column<FillLine>[] = [
    { name: '#', align: 'right', cell: (row) => row.fill, width: '4rem', sortBy: (row) => row.fill },
    { name: 'Time', cell: ({ time }) => timeText(time, clock), width: '12rem' },
    { name: 'Side', cell: ({ side }) => <Side side={side} />, width: '4.5rem' },
    { name: 'Instrument', isWide: true, cell: ({ instrument }) => instrument, width: 'minmax(9rem, 1fr)' },
    {
      name: 'Quantity',
      align: 'right',
      isWide: true,
      cell: (row) => quantity(row.quantity),
      sortBy: (row) => Number(row.quantity),
    },
    {
      name: 'Price',
      align: 'right',
      cell: (row) => price(row.price),
      sortBy: (row) => Number(row.price),
      width: 'minmax(7rem, 1fr)',
    },
    { name: 'Fee', align: 'right', isWide: true, cell: ({ fee }) => money(fee) },
    {
      name: 'Profit',
      align: 'right',
      cell: ({ profit }) => <Change value={profit}>{money(profit, { isSigned: true })}</Change>,
      sortBy: ({ profit }) => Number(profit),
    },
    {
      name: 'Why',
      isWide: true,
      cell: ({ why }) => (
        <span className="text-soft" title={why}>
          {why}
        </span>
      ),
      width: 'minmax(10rem, 3fr)',
    },
  ];
  const viewed = useTableView('fills');
  const rows = rowsWith(view.phase === 'there' ? view.data.toReversed() : [], viewed.text);
  return (
    <Panel
      title="Fills"
      isFlush
      actions={
        <>
          <ViewBar view={viewed} columns={columns.map(({ name }) => name)} />
          <ExportButton name="fills" rows={rows} />
        </>
      }
    >
      <OfSession missing="Here stand the fills of a session, each with its why.">
        <Shown
          view={view}
          isEmpty={() => rows.length === 0}
          empty={viewed.text === '' ? 'No fill yet.' : 'No fill is so.'}
        >
          {() => (
            <DataTable
              label="Fills"
              rows={rows}
              columns={columns}
              rowKey={(row) => row.fill}
              rowLabel={(row) => `Why of fill ${row.fill}`}
              onRow={(row) => setFill(row.fill)}
              height={600}
              view={viewed}
            />
          )}
        </Shown>
      </OfSession>
      <WhyDrawer fill={fill} onClose={() => setFill(null)} />
    </Panel>
  );
}
