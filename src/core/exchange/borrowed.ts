/**
 * What positions on margin have borrowed, and what that costs.
 *
 * ASSUMPTIONS
 * 1. Only who holds the thing itself has borrowed for it: spot and shares. Contracts borrow nothing; perpetuals pay funding.
 * 2. A long has borrowed what its entry value is beyond the money behind it: beyond its own margin or, of a pool, its share by entry value
 *    of what all longs are beyond the pool's cash. Interest, fees and losses come out of that money, and are borrowed from then on.
 * 3. A short has borrowed all that it has sold, whose worth goes with price. What the sale brought stays where it is as collateral: it is
 *    lent to no long and earns nothing.
 * 4. The interest of all whole hours (UTC) from the open of a bar to that of the next is due at the latter, on what is borrowed then at its
 *    price; at the rate of one day ÷ 24, rounded up to the quantum (`interest.ts`). Who closes at that open has paid; who opens there has
 *    not. So a loan begun or repaid inside a bar counts from or to the bar's open, and what is held at the end of the data owes nothing
 *    for the last bar.
 * 5. It is paid in money at once, from the cash (cross) or the position's margin (isolated). There is always somebody who lends.
 */
import type { Instrument } from '../vocabulary/instrument.ts';
import { multiplyDivide } from '../vocabulary/integer.ts';
import type { MarginPosition } from './margin-position.ts';

/** Quanta of the settle asset that the position at `index` has borrowed, when the price is `price`. `cashQuanta`: the pool's. */
export function borrowedQuanta(
  positions: readonly MarginPosition[],
  index: number,
  cashQuanta: number,
  price: number,
): number {
  const position = positions[index]!;
  const { instrument, lots, entryQuanta, mode } = position;
  if (lots === 0 || !instrument.physical) return 0;
  if (lots < 0) return worthAt(instrument, price, -lots);
  if (mode === 'isolated') return Math.max(0, entryQuanta - position.marginQuanta);
  let longs = 0;
  for (const each of positions)
    if (each.mode === 'cross' && each.instrument.physical && each.lots > 0) longs += each.entryQuanta;
  const loan = Math.max(0, longs - Math.max(0, cashQuanta));
  return loan === 0 ? 0 : multiplyDivide(loan, entryQuanta, longs, 'ceil');
}

const worthAt = (instrument: Instrument, price: number, lots: number): number =>
  instrument.quanta(instrument.valueAt(price, lots), 'half-even');
