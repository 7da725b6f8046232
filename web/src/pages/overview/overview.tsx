import { useBook, useCurrentSession } from '../../desk/current-session.ts';
import { count, money, percent } from '../../format/numerals.ts';
import { Change, Stat, Stats } from '../../parts/figure.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';
import { FillsPanel, OrdersPanel, PositionsPanel } from './books.tsx';
import { Checklist } from './checklist.tsx';
import { EquityPanel } from './equity-panel.tsx';
import { EventsPanel } from './events-panel.tsx';
import { LimitsPanel } from './limits-panel.tsx';
import { NoSession } from './no-session.tsx';
import { SessionsPanel } from './sessions-panel.tsx';

/** How everything stands, on one page. */
export function Overview() {
  const current = useCurrentSession();
  const view = useBook();
  return (
    <div className="grid gap-3 xl:grid-cols-3">
      <h1 className="sr-only">Overview</h1>
      <Checklist />
      <Panel
        title="Account"
        {...(view.phase === 'there' && view.data.book !== null ? { unit: view.data.book.currency } : {})}
        className="xl:col-span-3"
      >
        <Shown view={view} lines={2} isEmpty={({ book }) => book === null} empty={<NoSession />}>
          {({ book }) =>
            book === null ? null : (
              <Stats>
                <Stat name="Equity">{money(book.equity)}</Stat>
                <Stat name="Profit since it began">
                  <Change value={book.profit}>{money(book.profit, { isSigned: true })}</Change>
                </Stat>
                <Stat name="Cash">{money(book.cash)}</Stat>
                <Stat name="Exposure" note="of equity">
                  {percent(exposureOf(book))}
                </Stat>
                <Stat name="Drawdown" note="deepest">
                  {percent(-book.drawdown)}
                </Stat>
                <Stat name="Fees">{money(-book.fees)}</Stat>
                <Stat name="Fills" note={`${count(book.orders)} orders`}>
                  {count(book.fills)}
                </Stat>
                <Stat name="Bars seen" note={current?.timeframe ?? ''}>
                  {count(book.bars)}
                </Stat>
              </Stats>
            )
          }
        </Shown>
      </Panel>
      <EquityPanel />
      <LimitsPanel />
      <PositionsPanel />
      <OrdersPanel />
      <SessionsPanel />
      <FillsPanel />
      <EventsPanel />
    </div>
  );
}

/** Sum of all position values as a share of equity. */
function exposureOf({
  positions,
  equity,
}: {
  readonly positions: readonly { readonly quantity: string; readonly price: number }[];
  readonly equity: number;
}): number {
  return positions.reduce((sum, { quantity, price }) => sum + Math.abs(Number(quantity) * price), 0) / equity;
}
