import { bars } from '../../src/core/strategy/data.ts';
import { type AnyStrategy, defineStrategy, type OrderRef } from '../../src/core/strategy/define-strategy.ts';
import type { Entry } from '../../src/core/vocabulary/intent.ts';

export const TRADER = 'trader';
/** Length of the bars that it decides on. */
export const BAR_MS = 10_000;
export const TIMEFRAME = '10s';

interface Memory {
  /** State of its own chance: part of its state, so that a replay draws the same. */
  x: number;
}

type Move = 'long' | 'short' | 'close' | 'cancel' | 'amend' | 'trail' | 'target' | 'wait';

/** A strategy without sense: at each bar it does something that chance picks, by its inputs and its own state alone. */
export function makeTrader(seed: number, options: { readonly shorts: boolean; readonly always: boolean }): AnyStrategy {
  const draw = (memory: Memory): number => {
    // xorshift32 (Marsaglia): small, and whole in JSON.
    let { x } = memory;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    memory.x = x >>> 0;
    return memory.x / 2 ** 32;
  };
  return defineStrategy({
    id: TRADER,
    params: {},
    data: { main: bars(TIMEFRAME) },
    indicators: () => ({}),
    state: () => ({ x: (seed * 2_654_435_761) >>> 0 || 1 }),
    onBar(c) {
      const memory = c.state as Memory;
      const chance = (): number => draw(memory);
      const pick = <T>(choices: readonly T[]): T => choices[Math.floor(chance() * choices.length)]!;
      const moves: readonly Move[] = c.position.isOpen
        ? ['close', 'trail', 'target', 'long', 'cancel', 'amend', 'wait', options.shorts ? 'short' : 'close']
        : [
            'long',
            'long',
            options.shorts ? 'short' : 'long',
            'cancel',
            'amend',
            'target',
            options.always ? 'long' : 'wait',
          ];
      const move = pick(moves);
      const enter = (sign: 1 | -1, quantity?: string): void => {
        const away = (percent: number): number => Math.round(c.price * (1 + (sign * percent) / 100));
        const entry: Entry = {
          size: { qty: quantity ?? pick(['0.002', '0.004', '0.013', '0.05', '0.09', '0.2']) },
          ...pick<Partial<Entry>>([
            {},
            {},
            { limit: away(0.02) },
            { limit: away(-0.05) },
            { limit: away(-0.05), postOnly: true },
            { limit: away(0.02), tif: 'ioc' },
            { trigger: away(0.05) },
            { trigger: away(0.05), limit: away(0.1) },
          ]),
          ...pick<Partial<Entry>>([
            {},
            { stop: { pct: 0.002 } },
            { stop: { pct: 0.001 }, target: { r: 1 } },
            { target: { pct: 0.001 } },
          ]),
          why: 'chance',
        };
        if (sign > 0) c.buy(entry);
        else c.sell(entry);
      };
      const some = (): OrderRef | undefined => pick(c.orders);
      if (move === 'long' && chance() < 0.15) for (const quantity of ['0.09', '0.088', '0.086']) enter(1, quantity);
      else if (move === 'long') enter(1);
      else if (move === 'short') enter(-1);
      else if (move === 'close') c.position.close('chance');
      else if (move === 'trail') c.position.moveStop({ pct: pick([0.001, 0.003]) });
      else if (move === 'target') c.target(pick(options.shorts ? [0, 0.03, -0.03] : [0, 0.03, 0.05]), 'chance');
      else if (move === 'cancel' && chance() < 0.5) c.cancelAll('chance');
      else if (move === 'cancel') some()?.cancel('chance');
      else if (move === 'amend') some()?.amend({ price: Math.round(c.price * pick([0.9995, 0.9999, 1.0001, 1.0005])) });
    },
  }) as AnyStrategy;
}
