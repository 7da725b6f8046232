import { narrate } from '../../src/core/engine/narrate.ts';
import { bars } from '../../src/core/strategy/data.ts';
import { type AnyStrategy, defineStrategy } from '../../src/core/strategy/define-strategy.ts';
import { ORDER_ROLES, ORDER_STATUSES } from '../../src/core/vocabulary/order.ts';
import type { Life } from './live-scene.ts';

/** What tests ask of a strategy's context. */
export interface Puppet {
  buy(entry: object): unknown;
  sell(entry: object): unknown;
  close(why: string): unknown;
  readonly position: { moveStop(to: object): void };
  cancelAll(why: string): void;
  readonly orders: readonly { cancel(why: string): void; amend(change: object): void }[];
}

/** Does at each bar what the test says. */
export function puppet(act: (bar: number, c: Puppet) => void): AnyStrategy {
  return defineStrategy({
    id: 'puppet',
    params: {},
    data: { main: bars('1m') },
    indicators: () => ({}),
    state: () => ({ bar: 0 }),
    onBar(c) {
      act(c.state.bar++, c as unknown as Puppet);
    },
  }) as unknown as AnyStrategy;
}

/** Messages to people above `info`. */
export function alarms({ core }: Life): string[] {
  const { state } = core.engine;
  return Array.from({ length: state.log.count }, (_, k) => narrate(state, ['puppet'], k)).flatMap((event) =>
    event.type === 'alert-raised' && event.level !== 'info' ? [event.message] : [],
  );
}

/** Every order of a life: `stop open 0.1`. */
export function orders({ core }: Life): string[] {
  const { orders: table, instruments } = core.engine.state;
  const c = table.column;
  return Array.from({ length: table.count }, (_, row) => {
    const instrument = instruments[c.instrument[row]!]!;
    return `${ORDER_ROLES[c.role[row]!]} ${ORDER_STATUSES[c.status[row]!]} ${instrument.quantityText(c.lots[row]!)}`;
  });
}

/** Position of the first strategy in the first instrument, as text. */
export function position({ core }: Life): string {
  const { book, instruments } = core.engine.state;
  return instruments[0]!.quantityText(book.positions.column.lots[0]!);
}
