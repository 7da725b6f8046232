import { bars } from '../../src/core/strategy/data.ts';
import {
  type AnyStrategy,
  type Context,
  defineStrategy,
  type OrderRef,
} from '../../src/core/strategy/define-strategy.ts';

/** A case of freqtrade's table of candle paths; fields that it leaves out have the defaults of the file. */
export interface FreqtradeCase {
  readonly id: string;
  readonly candles: readonly Candle[];
  readonly stop_loss: number;
  readonly roi: Readonly<Record<string, number>>;
  readonly profit_perc: number;
  readonly trailing_stop?: boolean;
  readonly trailing_only_offset_is_reached?: boolean;
  readonly trailing_stop_positive?: number | null;
  readonly trailing_stop_positive_offset?: number;
  readonly use_exit_signal?: boolean;
  readonly use_custom_stoploss?: boolean;
  readonly leverage?: number;
  readonly timeout?: number;
  readonly custom_entry_price?: number;
  readonly custom_exit_price?: number;
  readonly adjust_entry_price?: number | null;
  readonly trades: readonly {
    readonly exit_reason: string;
    readonly open_tick: number;
    readonly close_tick: number;
    readonly enter_tag: string | null;
    readonly is_short: boolean;
  }[];
}

interface Candle {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly enter_long: number;
  readonly exit_long: number;
  readonly enter_short: number;
  readonly exit_short: number;
  readonly enter_tag?: string | null;
}

export const CANDLE_MINUTES = 60;
/** Minutes after which an unfilled order is canceled, unless the case says otherwise. */
const TIMEOUT_MINUTES = 10;

type Feeds = { readonly main: ReturnType<typeof bars> };
type C = Context<Record<string, never>, Feeds, unknown, null>;

/**
 * A freqtrade strategy in our words: stop loss as a fraction of the entry's fill price, divided by the leverage; `minimal_roi` as a
 * target that moves with time; a trailing stop that arms at an offset; exit signals; entries and exits at custom prices.
 * What depends on a candle is decided at its close, as a live strategy would; stop, trail and target rest at the venue meanwhile.
 */
export function freqtradeStrategy(c: FreqtradeCase): AnyStrategy {
  const leverage = c.leverage ?? 1;
  const stopShare = -c.stop_loss / leverage;
  const offset = (c.trailing_stop_positive_offset ?? 0) / leverage;
  const positive = c.trailing_stop_positive ? c.trailing_stop_positive / leverage : null;
  // Without an offset it is the venue's trailing stop from the entry on; with one it is armed at a candle's close.
  const venueTrail = c.trailing_stop === true && positive === null;
  const steps = Object.entries(c.roi)
    .map(([minute, ratio]) => ({ minute: Number(minute), ratio }))
    .sort((a, b) => b.minute - a.minute);
  const last = c.candles.length - 1;
  let entry: OrderRef | null = null;
  let target: OrderRef | null = null;
  let entryPrice = 0;
  /** The bar for which the entry was asked: `minimal_roi` counts its minutes from there, though a limit may fill later. */
  let entryBar = 0;
  /** The bar in which the entry was filled. */
  let filledBar = -1;
  let stop = 0;

  const roiAt = (minutes: number): number => steps.find((s) => s.minute <= minutes)?.ratio ?? Number.POSITIVE_INFINITY;
  const priceAt = (side: number, ratio: number): number => entryPrice * (1 + (side * ratio) / leverage);

  function moveTarget(x: C, side: number, price: number): void {
    if (!Number.isFinite(price) || price <= 0) return;
    if (target?.isOpen) target.amend({ price });
    else {
      const order = { size: { qty: x.position.qty }, limit: price, reduceOnly: true, why: 'roi' };
      target = side > 0 ? x.sell(order) : x.buy(order);
    }
  }

  function manage(x: C, candle: Candle): void {
    const side = x.position.side === 'long' ? 1 : -1;
    const [enters, exits] = side > 0 ? [candle.enter_long, candle.exit_long] : [candle.enter_short, candle.exit_short];
    if (c.use_exit_signal && exits === 1 && enters === 0) {
      // One order leaves the position at a time: for this candle the target stands at the custom price.
      if (c.custom_exit_price === undefined) x.position.close('exit_signal');
      else moveTarget(x, side, c.custom_exit_price);
      return;
    }
    const ratio = roiAt((x.data.main.cursor + 1 - entryBar) * CANDLE_MINUTES);
    // A required profit of −1 is freqtrade's way to say "at any price".
    if (ratio <= -1) {
      x.position.close('roi');
      return;
    }
    moveTarget(x, side, priceAt(side, ratio));
    if (positive === null || !c.trailing_stop) return;
    const best = side > 0 ? candle.high : candle.low;
    const gained = side * (best / entryPrice - 1);
    const armed = gained >= offset;
    if (!armed && c.trailing_only_offset_is_reached) return;
    const moved = best * (1 - side * (armed ? positive : stopShare));
    if (side * (moved - stop) <= 0) return;
    stop = moved;
    x.position.moveStop({ price: moved });
  }

  function ask(x: C, candle: Candle): void {
    // Entry and exit of one side in one candle are neither; nor is there an entry into the last candle.
    if (candle.enter_long === candle.enter_short || x.data.main.cursor + 1 >= last) return;
    if ((candle.enter_long === 1 ? candle.exit_long : candle.exit_short) === 1) return;
    const minutes = c.timeout ?? TIMEOUT_MINUTES;
    const order = {
      size: { qty: 1 },
      ...(c.custom_entry_price === undefined ? {} : { limit: c.custom_entry_price }),
      tif: { gtd: x.now + Math.max(minutes, CANDLE_MINUTES) * 60_000 },
      stop: { pct: stopShare },
      ...(venueTrail ? { trail: { pct: stopShare } } : {}),
      why: 'entry signal',
      ...(candle.enter_tag ? { tag: candle.enter_tag } : {}),
    };
    entry = candle.enter_long === 1 ? x.buy(order) : x.sell(order);
    entryBar = x.data.main.cursor + 1;
  }

  return defineStrategy({
    id: 'freqtrade-case',
    params: {},
    data: { main: bars() },
    indicators: () => null,
    onBar(context) {
      const x = context as unknown as C;
      const bar = x.data.main.cursor;
      const candle = c.candles[bar];
      if (candle === undefined) return;
      if (x.position.isOpen) manage(x, candle);
      else if (!entry?.isOpen) ask(x, candle);
      else if (c.adjust_entry_price === null) entry.cancel('adjusted to none');
      else if (c.adjust_entry_price !== undefined) entry.amend({ price: c.adjust_entry_price });
      if (bar === last) {
        x.cancelAll('the data ended');
        x.position.close('force_exit');
      }
    },
    onFill(context) {
      const x = context as unknown as C;
      if (!x.position.isOpen) {
        x.cancelAll('the position is gone');
        return;
      }
      if (filledBar === x.data.main.cursor + 1) return;
      filledBar = x.data.main.cursor + 1;
      entryPrice = x.position.avgPrice;
      const side = x.position.side === 'long' ? 1 : -1;
      stop = entryPrice * (1 - side * stopShare);
      moveTarget(x, side, priceAt(side, roiAt(0)));
    },
  });
}
