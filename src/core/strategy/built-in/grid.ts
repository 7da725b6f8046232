import { DAY_MS } from '../../vocabulary/time.ts';
import { bars } from '../data.ts';
import { type Desk, defineStrategy } from '../define-strategy.ts';
import { p } from '../params.ts';
import { figure, percent } from './figures.ts';

/** One line of the grid: bought at `price`, sold at `exit`, the line above. Order ids are empty while there is no order. */
type Level = { price: number; exit: number; held: number; buy: string; sell: string };

interface Settings {
  readonly step: number;
  readonly levels: number;
  readonly size: number;
}

function levelsBelow(centre: number, { step, levels }: Settings): Level[] {
  const line = (k: number): number => centre * (1 - step * k);
  return Array.from({ length: levels }, (_, k) => ({ price: line(k + 1), exit: line(k), held: 0, buy: '', sell: '' }));
}

/** Puts the order in the market that each level lacks. False where one was refused. */
function work(desk: Desk, levels: readonly Level[], settings: Settings): boolean {
  const { step, size } = settings;
  for (const [k, level] of levels.entries()) {
    const name = `level ${k + 1} of ${levels.length}`;
    if (level.held > 0 && level.sell === '') {
      const why = `${name}: bought at ${figure(level.price)}, sold at the line above`;
      level.sell = desk.sell({ size: { qty: level.held }, limit: level.exit, reduceOnly: true, why }).clientOrderId;
    } else if (level.held === 0 && level.buy === '') {
      const share = size / levels.length;
      const why = `${name}: ${percent(share)} of equity at ${figure(level.price)}, ${percent(step * (k + 1))} below the centre`;
      level.buy = desk.buy({ size: { pctEquity: share }, limit: level.price, why }).clientOrderId;
      if (level.buy === '') return false;
    }
  }
  return true;
}

/** Buys in steps below a centre, sells each purchase at the line above, and never holds more than all levels. */
export const grid = defineStrategy({
  id: 'grid',
  version: '1',
  about:
    'Rests buy orders at `levels` equal steps below a centre; each that fills is sold at the line above and then bought again. All levels together never exceed `size` of the equity. Moves up with the price while it holds nothing; gives up and sells all when price is `cut` below the lowest level, and begins anew `rest` days later.',
  failsWhen:
    'Price leaves the grid: upwards it earns nothing, downwards it holds the full inventory at a loss and the cut makes that loss real. Its many small gains are the price of rare large losses, and steps near twice the fee earn nothing.',
  params: {
    step: p.pct(0.015, { min: 0.002, max: 0.1 }),
    levels: p.int(6, { min: 1, max: 25 }),
    size: p.pct(0.9, { min: 0.05, max: 0.95 }),
    cut: p.pct(0.05, { min: 0.005, max: 0.3 }),
    rest: p.int(3, { min: 0, max: 60 }),
  },
  valid: ({ step, levels, cut }) => step * levels + cut < 0.5 || 'step × levels + cut must be below 50 %',
  data: { main: bars() },
  indicators: () => ({}),
  state: (): { centre: number; levels: Level[]; clearing: string; waitMs: number } => ({
    centre: 0,
    levels: [],
    clearing: '',
    waitMs: 0,
  }),
  onBar(c) {
    const { params, state } = c;
    const close = c.data.main.close.value;
    const lowest = state.levels.at(-1)?.price ?? 0;
    if (state.clearing === '' && close < lowest * (1 - params.cut)) {
      state.clearing = `close ${figure(close)} is ${percent(params.cut)} below the lowest level ${figure(lowest)}`;
      state.waitMs = c.now + params.rest * DAY_MS;
    } else if (state.clearing === '' && !c.position.isOpen && close > state.centre * (1 + params.step))
      state.clearing = `close ${figure(close)} is a step above the centre ${figure(state.centre)}`;
    if (state.clearing !== '') {
      // A position can only be sold once no order claims it any more.
      if (c.orders.length > 0) c.cancelAll(state.clearing);
      else if (c.position.isOpen) c.position.close(state.clearing);
      else if (c.now >= state.waitMs) {
        state.clearing = '';
        state.centre = close;
        state.levels = levelsBelow(close, params);
      }
    }
    if (state.clearing === '' && c.now >= state.waitMs && !work(c, state.levels, params)) state.waitMs = c.now + DAY_MS;
  },
  onFill(c, fill) {
    const { order } = fill;
    const level = c.state.levels.find((l) => l.buy === order.clientOrderId || l.sell === order.clientOrderId);
    if (!level || order.isOpen) return;
    if (level.buy === order.clientOrderId) {
      level.held = order.filledQty;
      level.buy = '';
    } else {
      level.held = 0;
      level.sell = '';
    }
    if (c.state.clearing === '') work(c, c.state.levels, c.params);
  },
  onOrder(c, { order }) {
    // What the venue ended by itself leaves its level free again; the next bar fills it.
    for (const level of c.state.levels) {
      if (level.buy === order.clientOrderId) level.buy = '';
      if (level.sell === order.clientOrderId) level.sell = '';
    }
  },
});
