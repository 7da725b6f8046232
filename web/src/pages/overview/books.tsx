import { useState } from 'react';
import { type Book, useBook } from '../../desk/current-session.ts';
import { money, price, quantity } from '../../format/numerals.ts';
import { timeText } from '../../format/times.ts';
import { Badge } from '../../parts/badge.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Change, Side } from '../../parts/figure.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';
import { useAppearance } from '../../theme/appearance.ts';
import { WhyDrawer } from '../../why/why-drawer.tsx';
import { OfSession } from './no-session.tsx';

type Position = Book['positions'][number];
type Order = Book['openOrders'][number];
type Fill = Book['lastFills'][number];

const POSITIONS: readonly Column<Position>[] = [
  {
    name: 'Instrument',
    cell: ({ instrument }) => instrument,
    sortBy: ({ instrument }) => instrument,
    width: 'minmax(8rem, 2fr)',
  },
  {
    name: 'Quantity',
    align: 'right',
    cell: (row) => <Change value={row.quantity}>{quantity(row.quantity, { isSigned: true })}</Change>,
    sortBy: (row) => Number(row.quantity),
  },
  { name: 'Average', align: 'right', isWide: true, cell: ({ averagePrice }) => price(averagePrice) },
  { name: 'Price', align: 'right', isWide: true, cell: (row) => price(row.price) },
  {
    name: 'Unrealized',
    align: 'right',
    cell: ({ unrealized }) => <Change value={unrealized}>{money(unrealized, { isSigned: true })}</Change>,
    sortBy: ({ unrealized }) => unrealized,
  },
];

export function PositionsPanel() {
  const view = useBook();
  return (
    <Panel title="Positions" isFlush>
      <OfSession missing="Here stands what a session holds.">
        <Shown
          view={view}
          isEmpty={({ book }) => (book?.positions.length ?? 0) === 0}
          empty="Nothing is held. The strategy waits for its next entry."
        >
          {({ book }) => (
            <DataTable
              label="Positions"
              rows={book!.positions}
              columns={POSITIONS}
              rowKey={({ instrument }) => instrument}
            />
          )}
        </Shown>
      </OfSession>
    </Panel>
  );
}

const ORDERS: readonly Column<Order>[] = [
  { name: 'Side', cell: ({ side }) => <Side side={side} />, width: '4.5rem' },
  { name: 'Instrument', isWide: true, cell: ({ instrument }) => instrument },
  { name: 'Type', cell: ({ type, role }) => <span title={role}>{type}</span> },
  { name: 'Quantity', align: 'right', cell: (row) => quantity(row.quantity) },
  { name: 'At', align: 'right', cell: ({ limit, trigger }) => price(limit ?? trigger) },
  { name: 'Status', isWide: true, cell: ({ status }) => <Badge>{status}</Badge> },
];

export function OrdersPanel() {
  const view = useBook();
  return (
    <Panel title="Working orders" isFlush>
      <OfSession missing="Here stand the orders of a session that wait at the venue.">
        <Shown
          view={view}
          isEmpty={({ book }) => (book?.openOrders.length ?? 0) === 0}
          empty="No order waits at the venue."
        >
          {({ book }) => (
            <DataTable label="Working orders" rows={book!.openOrders} columns={ORDERS} rowKey={({ order }) => order} />
          )}
        </Shown>
      </OfSession>
    </Panel>
  );
}

export function FillsPanel() {
  const view = useBook();
  const { clock } = useAppearance();
  const [fill, setFill] = useState<number | null>(null);
  const columns: readonly Column<Fill>[] = [
    { name: 'Time', cell: ({ time }) => timeText(time, clock, 'time'), width: '5.5rem' },
    { name: 'Side', cell: ({ side }) => <Side side={side} />, width: '4.5rem' },
    { name: 'Instrument', isWide: true, cell: ({ instrument }) => instrument },
    { name: 'Quantity', align: 'right', cell: (row) => quantity(row.quantity) },
    { name: 'Price', align: 'right', cell: (row) => price(row.price) },
    {
      name: 'Profit',
      align: 'right',
      cell: ({ profit }) => <Change value={profit}>{money(profit, { isSigned: true })}</Change>,
    },
    {
      name: 'Why',
      isWide: true,
      cell: ({ why }) => <span className="text-soft">{why}</span>,
      width: 'minmax(8rem, 2fr)',
    },
  ];
  return (
    <Panel
      title="Last fills"
      isFlush
      className="xl:col-span-2"
      actions={<span className="text-xs text-soft">a fill opens its why</span>}
    >
      <OfSession missing="Here stand the fills of a session, each with its why.">
        <Shown
          view={view}
          isEmpty={({ book }) => (book?.lastFills.length ?? 0) === 0}
          empty="No fill yet: the first one comes with the first signal."
        >
          {({ book }) => (
            <DataTable
              label="Last fills"
              rows={book!.lastFills}
              columns={columns}
              rowKey={(row) => row.fill}
              rowLabel={(row) => `Why of fill ${row.fill}`}
              onRow={(row) => setFill(row.fill)}
            />
          )}
        </Shown>
      </OfSession>
      <WhyDrawer fill={fill} onClose={() => setFill(null)} />
    </Panel>
  );
}
