import type { CommandType } from '../../src/core/vocabulary/commands.ts';
import type { EventType } from '../../src/core/vocabulary/events.ts';
import type { Refusal } from '../../src/core/vocabulary/refusal.ts';

/** What a refusal says, and what one can do. A code without a sentence does not compile. */
export const REFUSAL_MEANINGS: Readonly<
  Record<Exclude<Refusal, 'approved'>, readonly [meaning: string, remedy: string]>
> = {
  'trading-halted': [
    'The system, account, strategy or instrument is halted: no order leaves, only cancels.',
    'Find the reason in `trading-state-changed`, then re-arm.',
  ],
  'reduce-only-state': [
    'Trading is in the state `reducing` (a loss limit, or an operator): only orders that lower the position leave.',
    'Wait for the next UTC day after a daily loss; re-arm after a drawdown.',
  ],
  'warming-up': [
    'An indicator that the strategy reads has not settled yet.',
    'Nothing: it ends by itself. Give more history before the period of interest.',
  ],
  'strategy-stopped': ['The strategy is stopped or paused; it may only reduce.', 'Start it again.'],
  'size-below-minimum': [
    'The size, rounded down to whole lots, is below the instrument’s smallest quantity, often zero.',
    'Raise the size or the capital, or give the instrument a finer lot.',
  ],
  'size-above-maximum': [
    'The quantity is above the instrument’s largest, or beyond exact integers.',
    'Split the order (`work: { twap }`).',
  ],
  'price-off-tick': [
    'A price is no multiple of the instrument’s tick.',
    'Give prices as text, or as levels (`pct`, `ticks`, `atr`), which are rounded for you.',
  ],
  'price-not-positive': ['A price is zero, negative or no number.', 'Check the indicator that it came from.'],
  'notional-below-minimum': ['Price × quantity is below the least value that the instrument takes.', 'Raise the size.'],
  'price-outside-collar': [
    'A limit lies further on the aggressive side than `priceCollarPct`, or a resting price further away than `passivePriceBandPct`.',
    'Correct the price, or widen the collar.',
  ],
  'stop-on-wrong-side': [
    'The protective stop would not lose: above a buy, or below a sell.',
    'Levels are distances and always positive; a `price` must lie on the losing side.',
  ],
  'target-on-wrong-side': ['The target would not gain.', 'As above, on the winning side.'],
  'stop-required': [
    'The size is in risk (`riskPct`) or the account has `requireStop`, and the entry has no stop.',
    'Add `stop`.',
  ],
  'order-type-unsupported': [
    'Neither the venue nor the engine can carry out this kind of order, or `orderTypes` forbids it.',
    'Use another kind, or another `--venue-profile`.',
  ],
  'short-not-allowed': [
    'The sell would make the position negative on an account that holds no shorts.',
    'Use `--account margin`.',
  ],
  'reduce-only-would-increase': ['An order marked reduce-only would open or add.', 'Remove the mark, or the order.'],
  'order-value-limit': [
    'The order is worth more than `orderValuePct` or `orderValueQuote` allows.',
    'Order less, or set the limit.',
  ],
  'order-size-limit': ['The order has more lots than `orderSizeLots`.', 'Order less, or set the limit.'],
  'position-limit': [
    'The strategy’s position in this instrument would exceed `positionPct` or `positionLots`.',
    'Look at `position` before adding.',
  ],
  'gross-exposure-limit': [
    'The sum of all absolute positions would exceed `grossExposurePct`.',
    'Close something first.',
  ],
  'net-exposure-limit': ['The signed sum of all positions would exceed `netExposurePct`.', 'Close something first.'],
  'instrument-exposure-limit': [
    'The account’s position in this instrument, over all strategies, would exceed `instrumentExposurePct`.',
    'Close something first.',
  ],
  'leverage-limit': ['Exposure would exceed equity × `leverageRatio`.', 'Order less, or raise `--leverage`.'],
  'free-capital': [
    'Cash or free margin does not pay for the order with its fee.',
    'Use `pctEquity`, the one size that is clipped to what can be paid.',
  ],
  'open-order-limit': [
    'Too many orders rest already (`strategyOpenOrders`, `accountOpenOrders`).',
    'Cancel some: `cancelAll(why)`.',
  ],
  'message-rate-limit': [
    'More orders than `messageOrders` within `messageWindowMs`.',
    'Decide less often; orders that reduce always pass.',
  ],
  'duplicate-intent': [
    'The same order was sent more often than `duplicateOrders` within `duplicateWindowMs`.',
    'Check `orders` or `position` before asking again.',
  ],
  'repeated-execution-limit': [
    'Entries filled more than `repeatedEntryFills` times within `repeatedEntryWindowMs`.',
    'A person looks at it and re-arms.',
  ],
  'daily-loss-limit': ['The account has lost `dailyLossPct` since midnight UTC.', 'It ends with the day.'],
  'drawdown-limit': ['Equity has fallen `drawdownPct` from its highest.', 'A person re-arms.'],
  'portfolio-heat-limit': [
    'If every stop were hit, more than `portfolioHeatPct` of equity would be lost.',
    'Risk less per trade, or hold fewer.',
  ],
  'loss-cool-down': ['After `coolDownLosses` losses in a row the strategy waits `coolDownMs`.', 'It ends by itself.'],
  'self-match': ['The order could trade with an own resting one.', 'Cancel that one first.'],
  'no-reference-price': [
    'No price of the instrument is known yet, so that nothing can be sized.',
    'Wait for its first bar: `closed(feed)`.',
  ],
  'valuation-missing': [
    'The value of the order, or the equity, cannot be stated: a number of the size is NaN, or a price is missing.',
    'Check `series.ready` before using a value.',
  ],
  'instrument-expired': [
    'The instrument’s last trading time has passed.',
    'Close, or go on to the next contract, before expiry; what is held then is settled.',
  ],
  'order-worked': [
    'An amendment of an order that is worked by others (TWAP, iceberg, ladder), or of one of those.',
    'Cancel the whole, and place another.',
  ],
};

export const EVENT_MEANINGS: Readonly<Record<EventType, string>> = {
  'strategy-started': 'A strategy began.',
  'strategy-stopped': 'A strategy ended, and why.',
  'strategy-failed': 'A handler of a strategy threw; it opens nothing more.',
  'signal-generated': 'A strategy asked for something: the first link of every chain of causes.',
  'order-refused': 'Risk did not let an order leave.',
  'order-placed': 'An approved order went out under its client order id.',
  'order-accepted': 'The venue holds the order.',
  'order-rejected': 'The venue does not take the order.',
  'order-triggered': 'A stop or target became active.',
  'order-amended': 'The venue confirmed another price or quantity.',
  'order-canceled': 'The order ended unfilled, or partly filled, by a cancel.',
  'order-expired': 'The order’s time in force ended.',
  'order-filled': 'A fill, partial or whole.',
  'order-completed': 'An order that was worked by child orders (TWAP, iceberg, ladder) has filled whole through them.',
  'position-opened': 'A fill made a position from flat.',
  'position-changed': 'A fill made a position larger or smaller.',
  'position-closed': 'A fill made a position flat.',
  'funding-paid': 'Funding of a perpetual as it was received; negative where it was paid.',
  'interest-charged': 'Interest on what a position on margin has borrowed; `amount` is negative, `rate` that of a day.',
  'position-liquidated': 'The venue closed a position for want of margin.',
  'balance-updated': 'A balance changed for another reason than a fill.',
  'risk-limit-exceeded': 'A limit of the account was reached.',
  'drawdown-threshold-reached': 'Equity fell below its highest by the drawdown limit.',
  'trading-state-changed': 'A scope became active, reducing or halted.',
  'data-anomaly-detected': 'The guard found a fault in a stream of bars.',
  'message-logged': 'A strategy called `log`.',
  'alert-raised': 'A strategy called `alert`.',
  'limits-changed':
    'Somebody set other limits; they hold from here on. `isLooser` says of each whether it lets more pass than before.',
  'position-settled': 'The instrument expired, and the venue settled what was held of it.',
};

export const COMMAND_MEANINGS: Readonly<Record<CommandType, string>> = {
  'place-order': 'Places an order in a strategy’s name, by hand.',
  'amend-order': 'Asks for another price or quantity of an open order.',
  'cancel-order': 'Cancels one order.',
  'cancel-all-orders': 'Cancels all open orders, or those of a strategy or an instrument.',
  'close-position': 'Closes a strategy’s position with a market order.',
  'give-value': 'Tells strategies a value of a source that they declare.',
  'start-strategy': 'Starts a strategy, or goes on after a pause.',
  'pause-strategy': 'Lets a strategy open nothing; exits and stops go on.',
  'stop-strategy': 'Ends a strategy.',
  'set-trading-state': 'Makes a scope active, reducing or halted.',
  kill: 'Pauses, reduces, halts, cancels or flattens a scope, until it is re-armed. Comes of a latch, not from the box.',
  rearm:
    'Lifts a state that only a person may lift: a kill, a drawdown, repeated executions. Comes of a latch, not from the box.',
  'set-limits':
    'Changes limits of the account, or what a strategy or an instrument has of its own. What lets more pass is refused without a confirmation.',
};
