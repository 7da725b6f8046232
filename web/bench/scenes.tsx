import { useMemo, useState } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { price } from '../src/format/numerals.ts';
import { timeText } from '../src/format/times.ts';
import { type Column, DataTable } from '../src/parts/data-table.tsx';
import { Change, Side } from '../src/parts/figure.tsx';
import type { Mark } from '../src/parts/price-chart/marks.ts';
import { PriceChart } from '../src/parts/price-chart/price-chart.tsx';
import type { PriceBar } from '../src/parts/price-chart/shape.ts';
import { beginAppearance } from '../src/theme/appearance.ts';
import '../src/theme/tokens.css';

const BEGUN_MS = Date.UTC(2026, 10, 2);
const root = createRoot(document.getElementById('scene')!);

interface Row {
  readonly id: number;
  readonly timeMs: number;
  readonly side: 'buy' | 'sell';
  readonly price: number;
  readonly profit: number;
}

const COLUMNS: readonly Column<Row>[] = [
  { name: '#', align: 'right', cell: ({ id }) => id, sortBy: ({ id }) => id, width: '5rem' },
  { name: 'Time', cell: ({ timeMs }) => timeText(timeMs, 'utc'), width: '11rem' },
  { name: 'Side', cell: ({ side }) => <Side side={side} /> },
  { name: 'Price', align: 'right', cell: (row) => price(row.price), sortBy: (row) => row.price },
  { name: 'Profit', align: 'right', cell: ({ profit }) => <Change value={profit}>{price(profit)}</Change> },
  {
    name: 'Why',
    isWide: true,
    cell: ({ id }) => `SMA 5 crossed above SMA 15 at bar ${id}`,
    width: 'minmax(8rem, 2fr)',
  },
];

/** A table of so many rows that can be chosen, as fills are. */
function table(count: number): void {
  const rows = Array.from({ length: count }, (_, id): Row => {
    const wave = Math.sin(id / 30);
    return {
      id,
      timeMs: BEGUN_MS + id * 1_000,
      side: id % 2 === 0 ? 'buy' : 'sell',
      price: 60_000 + 500 * wave,
      profit: 20 * wave,
    };
  });
  const chosen = (): void => {};
  root.render(
    <DataTable
      label="Rows"
      rows={rows}
      columns={COLUMNS}
      rowKey={({ id }) => id}
      rowLabel={({ id }) => `row ${id}`}
      onRow={chosen}
      height={700}
    />,
  );
}

function barAt(n: number, change = 0): PriceBar {
  const open = 60_000 + 2_000 * Math.sin(n / 90) + (n % 37);
  const close = open + (n % 23) - 11 + change;
  return {
    ...{ timeS: BEGUN_MS / 1_000 + n * 60, open, close },
    ...{ high: Math.max(open, close) + 15, low: Math.min(open, close) - 15, volume: 10 + (n % 50) },
  };
}

let change = (_bars: (known: readonly PriceBar[]) => readonly PriceBar[]): void => {};

/** `within`: over how many of the newest bars the fills are spread. */
function Chart({
  bars: count,
  fills,
  within,
}: {
  readonly bars: number;
  readonly fills: number;
  readonly within: number;
}) {
  const [bars, setBars] = useState(() => Array.from({ length: count }, (_, n) => barAt(n)) as readonly PriceBar[]);
  change = setBars;
  const marks = useMemo(
    () =>
      Array.from({ length: fills }, (_, k): Mark => {
        const { timeS, close } = barAt(count - 1 - Math.floor((k * within) / fills));
        return { id: String(k), timeS, price: close, side: k % 2 === 0 ? 'buy' : 'sell' };
      }).toSorted((a, b) => a.timeS - b.timeS),
    [count, fills, within],
  );
  return <PriceChart bars={bars} label="Chart" height={700} marks={marks} hasVolume />;
}

const drawnTo: { readonly id: string; readonly price: string }[] = [];

/** A chart with a line that can be drawn to another price; `above`: by how much all prices are higher. */
function lines(above: number, tick: string): void {
  const bars = Array.from({ length: 100 }, (_, n): PriceBar => {
    const base = above + 1.1 + 0.05 * Math.sin((n * (1 + above)) / 9);
    return {
      ...{ timeS: BEGUN_MS / 1_000 + n * 60, open: base, close: base + 0.004 },
      ...{ high: base + 0.01, low: base - 0.01, volume: n },
    };
  });
  const values = bars.map(({ close }) => close - 0.02);
  root.render(
    <PriceChart
      bars={bars}
      label="Chart"
      height={500}
      tick={tick}
      overlays={[{ id: 'sma', name: 'sma', token: 'accent', pane: 0, values }]}
      lines={[{ id: 'order', price: above + 1.1, title: 'buy 1 limit', token: 'accent', isMovable: true }]}
      onMoved={(id, to) => drawnTo.push({ id, price: to })}
    />,
  );
}

let ticks = 0;

Object.assign(window, {
  scenes: {
    table,
    chart: (bars: number, fills: number, within: number) =>
      root.render(<Chart key={within} bars={bars} fills={fills} within={within} />),
    lines,
    drawnTo,
    /** A trade changes the bar that has not closed; every tenth begins a new one. */
    tick() {
      ticks++;
      flushSync(() =>
        change((known) =>
          ticks % 10 === 0
            ? [...known, barAt(known.length)]
            : [...known.slice(0, -1), barAt(known.length - 1, ticks % 40)],
        ),
      );
    },
  },
});
beginAppearance();
