import type { Bars } from '../../indicators/bars.ts';
import { ta } from '../../indicators/ta.ts';
import { DAY_MS } from '../../vocabulary/time.ts';
import { universe } from '../data.ts';
import { type Context, defineStrategy } from '../define-strategy.ts';
import { p } from '../params.ts';
import { percent } from './figures.ts';

/** Share of the equity that stays in cash, so that fees and a higher opening price find their money. */
const RESERVE = 0.02;
/** A holding is trimmed once it is this much of the equity above its share. */
const BAND = 0.05;

interface Buying {
  /** Symbols that wait for the money of what is being sold. */
  readonly waiting: readonly string[];
  readonly why: string;
}

/** Buys what waits once nothing is being sold any more. */
function buyWaiting(
  c: Pick<Context<unknown, { universe: ReturnType<typeof universe> }, unknown, Buying>, 'data' | 'on' | 'state'>,
  weight: number,
): void {
  if (c.state.waiting.length === 0 || c.data.universe.some((bars) => c.on(bars).orders.length > 0)) return;
  const { waiting, why } = c.state;
  c.state = { waiting: [], why: '' };
  for (const bars of c.data.universe) if (waiting.includes(bars.symbol)) c.on(bars).target(weight, why);
}

/** Holds the strongest instruments of the universe in equal parts, if they rise at all (dual momentum: G. Antonacci, 2014). */
export const momentumRotation = defineStrategy({
  id: 'momentum-rotation',
  version: '1',
  about:
    'A portfolio over all instruments of the run. Every `every` days it holds those `top` whose daily closes rose most over `lookback` days, in equal parts; what did not rise is not held, its part stays in cash. Sells first, and buys when that money is there.',
  failsWhen:
    'Leaders change faster than it looks: it then buys what has just had its run and sells what is about to. When all instruments fall together it only leaves at the next date, and with few instruments “the strongest” says little.',
  params: {
    lookback: p.int(30, { min: 2, max: 250 }),
    every: p.int(7, { min: 1, max: 60 }),
    top: p.int(2, { min: 1, max: 20 }),
  },
  data: { universe: universe('1d') },
  indicators: ({ params, data }) => ({ growth: data.universe.map((bars) => ta.roc(bars.close, params.lookback)) }),
  state: (): { waiting: string[]; why: string } => ({ waiting: [], why: '' }),
  onBar(c) {
    const { params, ind } = c;
    const weight = (1 - RESERVE) / params.top;
    buyWaiting(c, weight);
    // Dates are counted from 1970, so that they do not depend on where the data begin.
    if (Math.floor(c.now / DAY_MS) % params.every !== 0 || c.now % DAY_MS !== 0) return;
    const growthOf = (bars: Bars): number => ind.growth[c.data.universe.indexOf(bars)]!.value;
    const wanted = c.data.universe
      .filter((bars) => growthOf(bars) > 0)
      .sort((a, b) => growthOf(b) - growthOf(a))
      .slice(0, params.top);
    const ranking = [...c.data.universe]
      .sort((a, b) => growthOf(b) - growthOf(a))
      .map((bars) => `${bars.symbol} ${percent(growthOf(bars) / 100)}`)
      .join(', ');
    const why = `growth over ${params.lookback} days: ${ranking}`;
    for (const bars of c.data.universe) {
      const { position, price, target } = c.on(bars);
      if (!position.isOpen) continue;
      if (!wanted.includes(bars)) target(0, why);
      else if ((position.qty * price) / c.equity > weight + BAND) target(weight, why);
    }
    c.state = { waiting: wanted.filter((bars) => !c.on(bars).position.isOpen).map((bars) => bars.symbol), why };
    buyWaiting(c, weight);
  },
  onFill(c) {
    buyWaiting(c, (1 - RESERVE) / c.params.top);
  },
});
