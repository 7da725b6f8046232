import type { Limits } from '../../src/core/risk/limits.ts';

/** Unit and meaning of every limit. A limit without a line does not compile. */
export const LIMIT_MEANINGS: Readonly<Record<keyof Limits, readonly [unit: string, meaning: string]>> = {
  leverageRatio: [
    'times',
    'Highest leverage of the account; where an instrument allows less, that wins. `--leverage` sets it. All exposure percentages are multiplied by it.',
  ],
  orderValuePct: ['% of equity × leverage', 'Largest value that one order may open.'],
  orderValueQuote: ['account currency', 'The same as an amount of money.'],
  orderSizeLots: ['lots', 'Most lots of one order.'],
  positionPct: ['% of the strategy’s equity × leverage', 'Largest position of a strategy in one instrument.'],
  positionLots: ['lots', 'The same in lots.'],
  instrumentExposurePct: [
    '% of equity × leverage',
    'Largest position of the account in one instrument, over all strategies.',
  ],
  grossExposurePct: ['% of equity × leverage', 'Largest sum of all absolute positions.'],
  netExposurePct: ['% of equity × leverage', 'Largest absolute value of the signed sum of all positions.'],
  freeCapitalPct: ['% of free capital', 'Share of cash or free margin that one order may need, fee included.'],
  priceCollarPct: [
    '% of the price',
    'How far a limit price may lie on the aggressive side: a buy above the market, a sell below it.',
  ],
  passivePriceBandPct: ['% of the price', 'How far a resting limit or a trigger may lie from the last price.'],
  strategyOpenOrders: ['orders', 'Open orders of one strategy.'],
  accountOpenOrders: ['orders', 'Open orders of the account.'],
  messageOrders: [
    'orders',
    'Orders that one strategy may send within `messageWindowMs`. Orders that reduce count and always pass.',
  ],
  messageWindowMs: ['ms of event time', 'Window of `messageOrders`.'],
  duplicateOrders: [
    'orders',
    'Equal orders (instrument, side, type, quantity, prices) that one strategy may send within `duplicateWindowMs`. What one order is worked by, as the tips of an iceberg are, counts once.',
  ],
  duplicateWindowMs: ['ms of event time', 'Window of `duplicateOrders`; 0 is one instant.'],
  repeatedEntryFills: [
    'fills',
    'Filled entries of one strategy within `repeatedEntryWindowMs` after which it may only reduce until re-armed.',
  ],
  repeatedEntryWindowMs: ['ms of event time', 'Window of `repeatedEntryFills`.'],
  dailyLossPct: [
    '% of the day’s first equity',
    'Loss since midnight UTC at which the account may only reduce until the next midnight.',
  ],
  drawdownPct: ['% of the highest equity', 'Fall at which the account may only reduce until it is re-armed.'],
  drawdownPauseDays: [
    'days of event time',
    'Time after which the drawdown limit re-arms itself, its peak then being the equity of that day; `null`: only a person does. A backtest has nobody to ask, so its default there is 30.',
  ],
  portfolioHeatPct: ['% of equity', 'Money lost if every protective stop were hit.'],
  coolDownLosses: ['trades', 'Losing trades in a row after which a strategy may not enter for `coolDownMs`.'],
  coolDownMs: ['ms of event time', 'Pause of `coolDownLosses`.'],
  requireStop: ['yes or no', 'Whether every entry needs a protective stop.'],
  selfMatch: [
    '`"refuse"`',
    'Refuse orders that would trade with an own resting order; `null` leaves that to the venue.',
  ],
  orderTypes: ['list of order types', 'Kinds of order that may open a position; `null` allows all.'],
};
