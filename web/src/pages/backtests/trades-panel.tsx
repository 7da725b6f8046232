import { Link } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { useAnswer } from '../../desk/use-view.ts';
import { count, money, price, quantity } from '../../format/numerals.ts';
import { timeText } from '../../format/times.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { ExportButton } from '../../parts/export-button.tsx';
import { Change } from '../../parts/figure.tsx';
import { Panel } from '../../parts/panel.tsx';
import { PriceChart } from '../../parts/price-chart/price-chart.tsx';
import { usePageKeys } from '../../shell/shortcuts.tsx';
import { useAppearance } from '../../theme/appearance.ts';
import { ratio } from './metric-text.ts';
import type { Result, RoundTrip } from './result-view.ts';

const A_SECOND_MS = 1000;

/** Every round trip on the chart and in a table: pointing at one shows it in the other. */
export function TradesPanel({ result: { price: market, trades, run } }: { readonly result: Result }) {
  const { clock } = useAppearance();
  const [pointed, setPointed] = useState<string | null>(null);
  const [picked, setPicked] = useState<RoundTrip | null>(null);
  const bars = useMemo(
    () =>
      market.timeMs.map((ms, k) => ({
        timeS: ms / A_SECOND_MS,
        ...{ open: market.open[k]!, high: market.high[k]!, low: market.low[k]!, close: market.close[k]! },
      })),
    [market],
  );
  const trips = useMemo(
    () =>
      trades
        .filter(({ instrument }) => instrument === market.instrument)
        .map(({ id, entryTimeMs, entryPrice, exitTimeMs, exitPrice, profit }) => ({
          id: String(id),
          fromS: entryTimeMs / A_SECOND_MS,
          fromPrice: entryPrice,
          toS: (exitTimeMs ?? market.timeMs.at(-1)!) / A_SECOND_MS,
          toPrice: exitPrice ?? market.close.at(-1)!,
          profit,
        })),
    [trades, market],
  );
  const chosen = useMemo(
    () => new Set([pointed, picked === null ? null : String(picked.id)].filter((id) => id !== null)),
    [pointed, picked],
  );
  const focus = useMemo(
    () =>
      picked === null
        ? null
        : { fromS: picked.entryTimeMs / A_SECOND_MS, toS: (picked.exitTimeMs ?? picked.entryTimeMs) / A_SECOND_MS },
    [picked],
  );
  const catalogue = useAnswer('data symbols', {}, { staleMs: 60_000 });
  const isStored =
    catalogue.phase === 'there' && catalogue.data.symbols.some(({ instrument }) => instrument === market.instrument);
  usePageKeys(
    useCallback(
      (key: string) => {
        const way = key === '[' ? -1 : key === ']' ? 1 : 0;
        if (way === 0 || trades.length === 0) return;
        setPicked((known) => {
          const at = known === null ? (way > 0 ? -1 : trades.length) : trades.indexOf(known);
          return trades[Math.max(0, Math.min(trades.length - 1, at + way))]!;
        });
      },
      [trades],
    ),
  );
  const columns: readonly Column<RoundTrip>[] = [
    { name: '#', align: 'right', cell: ({ id }) => id, sortBy: ({ id }) => id, width: '4rem' },
    {
      name: 'Side',
      cell: ({ side, open }) => `${side}${open ? ', open' : ''}`,
      sortBy: ({ side }) => side,
      width: '5.5rem',
    },
    ...(trades.every(({ instrument }) => instrument === market.instrument)
      ? []
      : [{ name: 'Instrument', isWide: true, cell: ({ instrument }: RoundTrip) => instrument, width: '9rem' }]),
    {
      name: 'Entry',
      isWide: true,
      cell: ({ entryTimeMs }) => timeText(entryTimeMs, clock, 'minute'),
      sortBy: ({ entryTimeMs }) => entryTimeMs,
      width: '9.5rem',
    },
    { name: 'At', align: 'right', isWide: true, cell: ({ entryPrice }) => price(entryPrice) },
    {
      name: 'Exit',
      isWide: true,
      cell: ({ exitTimeMs }) => timeText(exitTimeMs, clock, 'minute'),
      sortBy: ({ exitTimeMs }) => exitTimeMs ?? Number.POSITIVE_INFINITY,
      width: '9.5rem',
    },
    { name: 'For', align: 'right', isWide: true, cell: ({ exitPrice }) => price(exitPrice) },
    {
      name: 'Quantity',
      align: 'right',
      isWide: true,
      cell: (row) => quantity(row.quantity),
      sortBy: (row) => row.quantity,
    },
    {
      name: 'Profit',
      align: 'right',
      cell: ({ profit }) => <Change value={profit}>{money(profit, { isSigned: true })}</Change>,
      sortBy: ({ profit }) => profit,
      width: 'minmax(7rem, 1fr)',
    },
    {
      name: '%',
      align: 'right',
      cell: ({ profitPct }) => ratio(profitPct),
      sortBy: ({ profitPct }) => profitPct,
      width: '4.5rem',
    },
    {
      name: 'R',
      align: 'right',
      isWide: true,
      cell: ({ r }) => ratio(r),
      sortBy: ({ r }) => r ?? Number.NEGATIVE_INFINITY,
      width: '4rem',
    },
    {
      name: 'Bars',
      align: 'right',
      isWide: true,
      cell: ({ barsHeld }) => count(barsHeld),
      sortBy: ({ barsHeld }) => barsHeld,
      width: '4rem',
    },
    {
      name: 'Why',
      isWide: true,
      cell: ({ entryWhy, exitWhy }) => (
        <span className="text-soft" title={`${entryWhy} → ${exitWhy ?? 'open'}`}>
          {entryWhy} → {exitWhy ?? 'open'}
        </span>
      ),
      width: 'minmax(10rem, 3fr)',
    },
  ];
  return (
    <div className="space-y-3">
      <Panel
        title={market.instrument}
        unit={`${market.timeframe}, thinned to ${count(market.timeMs.length)} bars`}
        isFlush
        actions={
          isStored ? (
            <Link
              to="/chart"
              search={
                ((known: object) => ({
                  ...known,
                  ...{
                    symbol: market.instrument,
                    timeframe: market.timeframe,
                    run: run.id,
                    with: undefined,
                    tab: undefined,
                  },
                })) as never
              }
              className="text-sm text-accent underline"
            >
              every bar of it
            </Link>
          ) : null
        }
      >
        <PriceChart
          bars={bars}
          trips={trips}
          chosen={chosen}
          focus={focus}
          height={360}
          label={`${market.instrument} with ${trips.length} round trips`}
          onHover={setPointed}
          onPick={(id) => setPicked(trades.find((trade) => String(trade.id) === id) ?? null)}
        />
      </Panel>
      <Panel
        title="Trades"
        unit="[ and ] go from one to the next"
        isFlush
        actions={<ExportButton name={`${run.id}-trades`} rows={trades} />}
      >
        {trades.length === 0 ? (
          <p className="p-4 text-center text-soft">
            It never traded: its conditions did not come together, or risk refused every order.
          </p>
        ) : (
          <DataTable
            label="Trades"
            rows={trades}
            columns={columns}
            rowKey={({ id }) => id}
            rowLabel={({ id }) => `Show trade ${id} on the chart`}
            isChosen={({ id }) => chosen.has(String(id))}
            onRow={setPicked}
            onPoint={(row) => setPointed(row === null ? null : String(row.id))}
            height={420}
          />
        )}
      </Panel>
    </div>
  );
}
