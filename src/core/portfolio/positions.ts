import type { Instrument } from '../vocabulary/instrument.ts';
import { multiplyDivide, safe } from '../vocabulary/integer.ts';

const COLUMNS = ['lots', 'cost', 'realized', 'fees', 'funding', 'openedAtMs', 'fills'] as const;
export type PositionColumns = { -readonly [K in (typeof COLUMNS)[number]]: Float64Array };

/**
 * Positions, one row each: a strategy's virtual position in one instrument, or the account's net in it. Only fills and
 * funding change a row.
 *
 * `cost` is the exact value at which the open quantity was acquired, in quanta of the settle asset, and never negative; the
 * average price is derived from it, never stored. Reducing releases cost in proportion, rounded half-even; closing releases all.
 */
export class Positions {
  declare readonly count: number;
  declare readonly column: PositionColumns;

  constructor(count: number) {
    this.count = count;
    this.column = Object.fromEntries(COLUMNS.map((name) => [name, new Float64Array(count)])) as PositionColumns;
  }

  /**
   * Books a fill of `lots` (> 0) on `side` whose value is `value` quanta; returns the realised profit in quanta, fees not
   * included. Long profit is exit − entry value; for inverse instruments, whose value falls as price rises, entry − exit.
   */
  fill(row: number, instrument: Instrument, side: number, lots: number, value: number, timeMs: number): number {
    const c = this.column;
    const held = c.lots[row]!;
    c.fills[row]!++;
    if (held === 0 || held > 0 === side > 0) {
      if (held === 0) c.openedAtMs[row] = timeMs;
      c.lots[row] = safe(held + side * lots, 'position lots');
      c.cost[row] = safe(c.cost[row]! + value, 'position cost');
      return 0;
    }
    const size = held < 0 ? -held : held;
    const closing = lots < size ? lots : size;
    const cost = c.cost[row]!;
    const released = closing === size ? cost : multiplyDivide(cost, closing, size, 'half-even');
    const proceeds = closing === lots ? value : multiplyDivide(value, closing, lots, 'half-even');
    const gain = held > 0 === !instrument.inverse ? proceeds - released : released - proceeds;
    c.realized[row] = safe(c.realized[row]! + gain, 'realized profit');
    c.lots[row] = held + side * lots;
    if (lots > size) {
      c.cost[row] = value - proceeds;
      c.openedAtMs[row] = timeMs;
    } else c.cost[row] = cost - released;
    return gain;
  }

  /** Unrealised profit at a mark price, in units of the settle asset, as a double. */
  unrealized(row: number, instrument: Instrument, price: number): number {
    const lots = this.column.lots[row]!;
    if (lots === 0) return 0;
    const cost = instrument.money(this.column.cost[row]!);
    const value = instrument.valueAt(price, lots < 0 ? -lots : lots);
    return lots > 0 === !instrument.inverse ? value - cost : cost - value;
  }

  /** Average entry price as a double; NaN when flat. */
  averagePrice(row: number, instrument: Instrument): number {
    const lots = this.column.lots[row]!;
    if (lots === 0) return Number.NaN;
    const quantity = Math.abs(instrument.quantity(lots)) * instrument.contractSize;
    const cost = instrument.money(this.column.cost[row]!);
    return instrument.inverse ? quantity / cost : cost / quantity;
  }

  clear(): void {
    for (const name of COLUMNS) this.column[name].fill(0);
  }

  snapshot(): Record<string, number[]> {
    return Object.fromEntries(COLUMNS.map((name) => [name, [...this.column[name]]]));
  }

  restore(state: Readonly<Record<string, readonly number[]>>): void {
    for (const name of COLUMNS) this.column[name].set(state[name] ?? []);
  }
}
