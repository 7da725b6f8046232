import type { Instrument } from '../vocabulary/instrument.ts';

/**
 * Everything a rule may know about the world at the moment of a review. The engine fills one instance before each review;
 * risk knows neither portfolio nor venue. Money is in units of the account's currency as doubles: limits are comparisons,
 * not bookings. Lots are signed where they are positions.
 *
 * What counts as an open order, everywhere below: every order that may still fill, also one sent without an answer and one
 * whose fate is unknown. Of orders that cancel each other (one group) only the largest counts, and orders that the draft
 * replaces, or whose group it joins, do not count.
 */
export class RiskView {
  /**
   * Whether everything below is filled in. Of an order whose sender has made sure that it only reduces, what concerns equity, exposures and
   * open orders is not: no rule looks at it.
   */
  isWhole = true;
  /** Whether the order was placed before and counts already, as an open one and in the windows: only its time to be sent has come. */
  isCounted = false;
  /** Whether the order stands for one of more lots, or as many, that reviews have let through: judged as one that only reduces. */
  addsNothing = false;
  nowMs = 0;
  /** There from the first on, so that all views have one shape: code that V8 has compiled for another is thrown away at its first order. */
  instrument!: Instrument;
  /** Strictest trading state of system, account, strategy and instrument: 0 active, 1 reducing, 2 halted. */
  state = 0;
  /** Whether a kill cancels and closes here: then protective orders do not come anew. */
  killed = false;
  /** Whether the strategy's indicators have settled. */
  settled = true;
  /** Whether the strategy was started and not stopped. */
  running = true;
  /** Last trustworthy price of the instrument; NaN where there is none. */
  price = Number.NaN;
  /** Account currency for one unit of the instrument's settle asset; NaN where no rate is known. */
  settleRate = 1;
  equity = 0;
  /** Equity that this strategy may use: its allocation plus its own profit. */
  strategyEquity = 0;
  /** Cash (spot) or margin (derivatives) not yet locked by positions and orders. */
  freeCapital = 0;
  /** Highest leverage of the account for this instrument. */
  leverage = 1;
  shortAllowed = false;
  takerFeeRate = 0;
  /** The account's net position in this instrument and what its open orders could add on either side. */
  netLots = 0;
  openBuyLots = 0;
  openSellLots = 0;
  /** The strategy's own (virtual) position in this instrument, and what its own open orders could add. */
  strategyLots = 0;
  strategyOpenBuyLots = 0;
  strategyOpenSellLots = 0;
  /**
   * What resting stops and targets may still take from the strategy's own position, beside what open orders that may only reduce take of
   * it: all of them together |position| at most. 0 for orders that do not go against the position.
   */
  strategyLegLots = 0;
  /**
   * For a leg (`draft.parent` ≥ 0): the parent's lots that open a position and that no other leg has claimed, signed by the
   * parent's side. 0 for other orders.
   */
  parentLots = 0;
  /** Best own resting limit prices in this instrument, in ticks (0 = none): for self-match. */
  ownBestBidTicks = 0;
  ownBestAskTicks = 0;
  /** Σ |value| and signed Σ value of all positions in the account. */
  grossExposure = 0;
  netExposure = 0;
  /** What open orders would add to `grossExposure` at worst: Σ over instruments of (worst |position| − |position|), or more. */
  openOrderExposure = 0;
  /** Σ value of the account's open buy orders, and of its open sell orders; both positive. For the net exposure at worst. */
  openBuyExposure = 0;
  openSellExposure = 0;
  /** Open orders of this strategy and of the account. */
  strategyOpenOrders = 0;
  accountOpenOrders = 0;
  /**
   * Money lost if every protective stop of the account were hit now. Positions without a stop are not in it: exposure limits
   * bound those, and `requireStop` forbids them.
   */
  heat = 0;
}
