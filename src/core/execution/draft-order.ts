import type { Instrument } from '../vocabulary/instrument.ts';
import type { Entry } from '../vocabulary/intent.ts';
import { FLAG, type OrderDraft, ROLE, TIF, TYPE } from '../vocabulary/order.ts';
import { DAY_MS } from '../vocabulary/time.ts';

const { market: MARKET } = TYPE;
const { gtc: GTC } = TIF;
const { entry: ENTRY } = ROLE;

/** Empties a draft for a market entry of an intent. */
export function blankDraft(d: OrderDraft, strategy: number, instrument: number, side: number, intent: number): void {
  d.strategy = strategy;
  d.instrument = instrument;
  d.side = side;
  d.type = MARKET;
  d.tif = GTC;
  d.flags = 0;
  d.role = ENTRY;
  d.lots = 0;
  d.budget = 0;
  d.limitTicks = 0;
  d.triggerTicks = 0;
  d.trailTicks = 0;
  d.trailFraction = 0;
  d.stopTicks = 0;
  d.targetTicks = 0;
  d.expireAtMs = 0;
  d.intent = intent;
  d.parent = -1;
  d.group = -1;
}

/** Whether an entry is more than a market order that stands until it fills: see {@link priceEntry}. */
export function isPriced(entry: Entry): boolean {
  const { limit, trigger, tif, postOnly } = entry;
  return limit !== undefined || trigger !== undefined || tif !== undefined || Boolean(postOnly);
}

/** Type, prices and time in force of an entry at the last price `price`. Limits are rounded to the passive tick, triggers to the later. */
export function priceEntry(d: OrderDraft, entry: Entry, instrument: Instrument, price: number, nowMs: number): void {
  const buy = d.side > 0;
  if (entry.limit !== undefined) d.limitTicks = instrument.ticks(Number(entry.limit), buy ? 'floor' : 'ceil');
  if (entry.trigger !== undefined) {
    const trigger = Number(entry.trigger);
    d.triggerTicks = instrument.ticks(trigger, buy ? 'ceil' : 'floor');
    // A buy below the market waits for price to fall: the field calls that a take-profit, or market-if-touched.
    const touches = buy ? trigger < price : trigger > price;
    if (entry.limit === undefined) d.type = touches ? TYPE['take-profit-market'] : TYPE['stop-market'];
    else d.type = touches ? TYPE['take-profit-limit'] : TYPE['stop-limit'];
  } else if (entry.limit !== undefined) d.type = TYPE.limit;
  const tif = entry.tif;
  if (tif === 'ioc') d.tif = TIF.ioc;
  else if (tif === 'fok') d.tif = TIF.fok;
  else if (tif === 'day') {
    d.tif = TIF.gtd;
    d.expireAtMs = (Math.floor(nowMs / DAY_MS) + 1) * DAY_MS;
  } else if (typeof tif === 'object') {
    if (!(Math.abs(tif.gtd) < Number.POSITIVE_INFINITY))
      throw new TypeError(`tif.gtd: expected epoch ms, found ${String(tif.gtd)}`);
    d.tif = TIF.gtd;
    d.expireAtMs = tif.gtd;
  } else if (tif !== undefined && tif !== 'gtc')
    throw new TypeError(`tif: expected gtc, ioc, fok, day or { gtd }, found ${JSON.stringify(tif)}`);
  if (entry.postOnly) d.flags |= FLAG.postOnly;
}

/** Whether an entry is to rest and has no limit to rest at: it would go out as an order that takes. */
export function cannotRest(entry: Entry): boolean {
  return Boolean(entry.postOnly) && entry.limit === undefined;
}

/** Whether a price that a strategy gave can be one; absent is fine. */
export function isPrice(price: Entry['limit']): boolean {
  return price === undefined || (Number(price) > 0 && Number(price) < Number.POSITIVE_INFINITY);
}

/** Whether an order ends at once, filled or not. */
export function isImmediate(d: OrderDraft): boolean {
  return d.type === TYPE.market || d.tif === TIF.ioc || d.tif === TIF.fok;
}
