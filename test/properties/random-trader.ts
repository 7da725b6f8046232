import { ta } from '../../src/core/indicators/ta.ts';
import { bars, universe } from '../../src/core/strategy/data.ts';
import { type AnyStrategy, type Desk, defineStrategy } from '../../src/core/strategy/define-strategy.ts';
import type { Entry, Level } from '../../src/core/vocabulary/intent.ts';
import { Random } from '../../src/core/vocabulary/random.ts';

/** Draws from a generator whose whole state is JSON, so that a strategy may keep it. */
export class Dice {
  readonly #random: Random;

  constructor(state: readonly number[]) {
    this.#random = new Random(0);
    this.#random.state.set(state);
  }

  get state(): number[] {
    return [...this.#random.state];
  }

  chance(p: number): boolean {
    return this.#random.uniform() < p;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.#random.uniform();
  }

  pick<T>(options: readonly T[]): T {
    return options[this.#random.integer(options.length)]!;
  }
}

function level(dice: Dice, price: number): Level {
  return dice.pick<() => Level>([
    () => ({ pct: dice.between(0.002, 0.05) }),
    () => ({ ticks: Math.ceil(dice.between(1, 300)) }),
    () => ({ atr: dice.between(0.5, 3), value: price * 0.01 }),
  ])();
}

/** A way to work an order, as its kind can be. */
function work(dice: Dice, price: number): NonNullable<Entry['work']> {
  return dice.pick<() => NonNullable<Entry['work']>>([
    () => ({
      twap: { slices: 2 + Math.floor(dice.between(0, 5)), everyMs: dice.pick([1_800_000, 3_600_000, 9_000_000]) },
    }),
    () => ({ iceberg: { visible: dice.between(0.001, 10) } }),
    () => ({ scale: { to: price * dice.between(0.96, 1.04), orders: 2 + Math.floor(dice.between(0, 4)) } }),
  ])();
}

/** An order of any kind, sensible or not. */
export function entry(dice: Dice, price: number, now: number): Entry {
  const near = (): number => price * dice.between(0.96, 1.04);
  const size = dice.pick<() => Entry['size']>([
    () => ({ qty: dice.between(0.001, 30) }),
    () => ({ notional: dice.between(1, 4_000) }),
    () => ({ pctEquity: dice.between(0.01, 1.2) }),
  ])();
  return {
    size,
    ...(dice.chance(0.5) ? { limit: near() } : {}),
    ...(dice.chance(0.25) ? { trigger: near() } : {}),
    ...(dice.chance(0.4) ? { stop: level(dice, price) } : {}),
    ...(dice.chance(0.3) ? { target: level(dice, price) } : {}),
    ...(dice.chance(0.2) ? { trail: level(dice, price) } : {}),
    ...(dice.chance(0.4)
      ? { tif: dice.pick<NonNullable<Entry['tif']>>(['gtc', 'ioc', 'fok', 'day', { gtd: now + dice.between(0, 4e7) }]) }
      : {}),
    ...(dice.chance(0.1) ? { postOnly: true } : {}),
    ...(dice.chance(0.15) ? { reduceOnly: true } : {}),
    ...(dice.chance(0.1) ? { work: work(dice, price) } : {}),
    why: 'dice',
  };
}

function act(dice: Dice, desk: Desk, now: number): void {
  const { price } = desk;
  const deed = dice.between(0, 1);
  if (deed < 0.3) desk.buy(entry(dice, price, now));
  else if (deed < 0.55) desk.sell(entry(dice, price, now));
  else if (deed < 0.65) desk.position.close('dice');
  else if (deed < 0.7) desk.target(dice.between(-1.2, 1.2), 'dice');
  else if (deed < 0.75) desk.position.moveStop(level(dice, price));
  else if (deed < 0.8) desk.cancelAll('dice');
  else if (deed < 0.9) {
    if (desk.orders.length > 0) dice.pick(desk.orders).cancel('dice');
  } else if (desk.orders.length > 0)
    dice.pick(desk.orders).amend({
      ...(dice.chance(0.6) ? { price: price * dice.between(0.96, 1.04) } : {}),
      ...(dice.chance(0.6) ? { qty: dice.between(0.001, 30) } : {}),
    });
}

/** A strategy that does anything it can at random, the same for the same seed. It reacts to fills too. */
export function randomTrader(id: string, seed: number): AnyStrategy {
  return defineStrategy({
    id,
    params: {},
    data: { main: bars(), all: universe() },
    indicators: () => ({}),
    state: () => [...new Random(seed).state],
    onBar(c) {
      const dice = new Dice(c.state);
      for (const feed of c.data.all) if (feed.index >= 0 && dice.chance(0.6)) act(dice, c.on(feed), c.now);
      c.state = dice.state;
    },
    onFill(c) {
      const dice = new Dice(c.state);
      if (dice.chance(0.15)) act(dice, c, c.now);
      c.state = dice.state;
    },
    onOrder(c, update) {
      const dice = new Dice(c.state);
      if (update.status !== 'refused' && dice.chance(0.1)) act(dice, c, c.now);
      c.state = dice.state;
    },
  });
}

class Whim extends Error {
  override readonly name = 'Whim';
}

/**
 * A random trader that uses everything else that a strategy has, too: its start and end, timers, sources, logs, alerts, plots, bars of several
 * timeframes. `isSlow`: none of its bars is of the run's timeframe. `throws`: chance that a handler throws, whatever it has done before.
 */
export function sessionTrader(id: string, seed: number, isSlow: boolean, throws: number): AnyStrategy {
  const handler =
    (
      what: string,
      p: number,
      body: (dice: Dice, c: Desk & { readonly now: number }) => void = (dice, c) => {
        if (dice.chance(p)) act(dice, c, c.now);
      },
    ) =>
    (c: Desk & { readonly now: number; state: number[]; readonly log: (text: string) => void }): void => {
      const dice = new Dice(c.state);
      body(dice, c);
      if (dice.chance(0.15)) c.log(what);
      const isWhim = dice.chance(throws);
      c.state = dice.state;
      if (isWhim) throw new Whim(`in ${what}`);
    };
  const data = isSlow
    ? { main: bars('4h'), all: universe('4h') }
    : { main: bars(), all: universe(), slow: bars('4h'), candles: bars.heikinAshi('2h') };
  return defineStrategy({
    id,
    params: {},
    data,
    indicators: ({ data: { main } }) => ({ mean: ta.ema(main.close, 3) }),
    sources: { news: { about: 'anything' } },
    state: () => [...new Random(seed).state],
    onStart: handler('onStart', 0.3),
    onBar: (c) =>
      handler('onBar', 1, (dice) => {
        for (const feed of c.data.all) if (feed.index >= 0 && dice.chance(0.6)) act(dice, c.on(feed), c.now);
        if (dice.chance(0.05)) c.alert(dice.pick(['info', 'warn', 'page']), `${c.position.barsHeld} bars`);
        if (dice.chance(0.05)) c.plot('pane', { equity: c.equity });
        if (c.ind.mean.value > c.price && dice.chance(0.1)) c.log('below', c.source('news'));
      })(c),
    onFill: handler('onFill', 0.15),
    onOrder: handler('onOrder', 0.1),
    onSource: (c, name, value) =>
      handler('onSource', 1, (dice) => {
        if (dice.chance(0.5)) act(dice, c, c.now);
        else c.log(name, value);
      })(c),
    onTimer: [
      { every: '30m', run: handler('timer of 30m', 0.2) },
      { every: '4h', run: handler('timer of 4h', 0.5) },
    ],
    onStop: handler('onStop', 0.3),
  });
}
