import { z } from 'zod';
import { orderStandingSchema } from '../../core/vocabulary/commands.ts';
import { lazy } from '../../core/vocabulary/lazy.ts';
import { operation } from '../operation.ts';
import { amount, orderFields, reasonField, runningField } from './order-fields.ts';
import { sessionName } from './session-fields.ts';

const runningPlace = sessionName.optional().meta({
  description: 'Which session; default the only one that runs',
  placeholder: 'session',
});
const orderField = z
  .string()
  .min(1)
  .meta({ description: 'Order as tradewright orders shows it; last is the newest open one', placeholder: 'order' });

/** How an order stood when the session answered; null where an earlier version of the program runs it. */
const standing = orderStandingSchema.nullable();

const orderOutput = lazy(() =>
  z.object({
    session: z.string(),
    /** Client order id, as tradewright orders shows it. */
    order: z.string(),
    instrument: z.string(),
    side: z.enum(['buy', 'sell']),
    standing,
  }),
);

const ORDERS =
  'The order goes through the same risk limits as those of the strategy, in whose name it is placed: its position is the strategy’s position. A refusal tells the rule. Distances are measured from the price at which it fills; atr is the average true range of 14 bars of the session, r the distance to the stop, or to the trailing stop where there is none.';

export const orderBuy = operation({
  name: 'order buy',
  group: 'sessions',
  summary: 'Place a buy order in a session that runs',
  details: ORDERS,
  kind: 'command',
  scope: 'trade',
  get input() {
    return z.object(orderFields());
  },
  get output() {
    return orderOutput();
  },
  positionals: ['symbol'],
  examples: [
    { command: 'order buy BTCUSDT --qty 0.01 --stop 2%', does: 'at market, with a stop 2 % below' },
    { command: 'order buy BTCUSDT --notional 500 --limit 60000 --session btc', does: 'for 500 at 60,000 or better' },
  ],
});

export const orderSell = operation({
  name: 'order sell',
  group: 'sessions',
  summary: 'Place a sell order in a session that runs',
  details: ORDERS,
  kind: 'command',
  scope: 'trade',
  get input() {
    return z.object(orderFields());
  },
  get output() {
    return orderOutput();
  },
  positionals: ['symbol'],
  examples: [
    { command: 'order sell BTCUSDT --qty 0.01 --reduce-only', does: 'a part of the position, at market' },
    { command: 'order sell BTCUSDT --qty 0.01 --trigger 58000 --type stop', does: 'when the price falls to 58,000' },
  ],
});

/** As exchanges name what an order has. */
const ORDER_NAMES = { quantity: 'qty', price: 'limit', stopPrice: 'trigger', timeInForce: 'tif' };

const CAPITALS = ['side', 'type', 'timeInForce'];

export const orderPlace = operation({
  name: 'order place',
  group: 'sessions',
  summary: 'Place an order, its side as an argument',
  details: ORDERS,
  kind: 'command',
  scope: 'trade',
  http: [
    {
      ...{ method: 'POST', path: 'orders', names: ORDER_NAMES },
      capitals: CAPITALS,
    },
    {
      ...{ method: 'POST', path: 'risk/what-if', names: ORDER_NAMES },
      capitals: CAPITALS,
      fixed: { dryRun: true },
    },
  ],
  get input() {
    return z.object({ side: z.enum(['buy', 'sell']).meta({ description: 'Side' }), ...orderFields() });
  },
  get output() {
    return orderOutput();
  },
  positionals: ['side', 'symbol'],
  examples: [
    { command: 'order place buy BTCUSDT --qty 0.01 --stop 2% --target 4%', does: 'at market, between stop and target' },
    {
      command: 'order place buy BTCUSDT --risk-pct 0.5% --trail 2atr --target 3r --dry-run',
      does: 'which prices a trailing stop and a target of three times the risk would be',
    },
    { command: 'order place sell BTCUSDT --qty 0.01 --dry-run', does: 'what every risk rule would say of it' },
  ],
});

export const orderAmend = operation({
  name: 'order amend',
  group: 'sessions',
  summary: 'Change price or quantity of an open order',
  details:
    'Goes through risk as a new order would. Where the venue cannot amend, the order is canceled, and another one placed once that is confirmed. It keeps its time in force and its stop.',
  kind: 'command',
  scope: 'trade',
  http: [{ method: 'PATCH', path: 'orders/{id}', names: { id: 'order', quantity: 'qty' } }],
  get input() {
    return z.object({
      order: orderField,
      price: amount('New limit; new trigger where it has no limit'),
      qty: amount('New quantity in all, what has filled included'),
      session: runningField,
      reason: reasonField,
    });
  },
  get output() {
    return z.object({ session: z.string(), order: z.string(), standing });
  },
  positionals: ['order'],
  examples: [
    { command: 'order amend last --price 60500', does: 'the newest open order' },
    { command: 'order amend p1c2d3e4f5a6o3a0 --qty 0.02 --session btc', does: 'the quantity of one of a session' },
  ],
});

export const orderCancelAll = operation({
  name: 'order cancel-all',
  group: 'sessions',
  summary: 'Cancel all open orders, or those of one symbol',
  details:
    'Nothing is spared, protective stops and targets included: what is held stays without them. To end positions, too: tradewright kill --level flatten.',
  kind: 'command',
  scope: 'trade',
  http: [{ method: 'DELETE', path: 'orders' }],
  get input() {
    return z.object({
      symbol: z
        .string()
        .min(1)
        .transform((text) => text.toUpperCase())
        .optional()
        .meta({ description: 'Only orders of this symbol', placeholder: 'symbol' }),
      session: runningField,
      reason: reasonField,
    });
  },
  get output() {
    return z.object({
      session: z.string(),
      /** Orders that were asked to be canceled. */
      canceled: z.number(),
      /** Orders whose end the venue has not confirmed yet. */
      pending: z.number(),
    });
  },
  positionals: ['symbol'],
  examples: [
    { command: 'order cancel-all', does: 'of the session that runs' },
    { command: 'order cancel-all BTCUSDT --session btc', does: 'those of one symbol' },
  ],
});

export const orderCancel = operation({
  name: 'order cancel',
  group: 'sessions',
  summary: 'Cancel an open order of a session that runs',
  kind: 'command',
  scope: 'trade',
  http: [{ method: 'DELETE', path: 'orders/{id}', names: { id: 'order' } }],
  get input() {
    return z.object({
      order: orderField,
      session: runningField,
      reason: reasonField,
    });
  },
  get output() {
    return z.object({ session: z.string(), order: z.string(), standing });
  },
  positionals: ['order'],
  examples: [
    { command: 'order cancel last', does: 'the newest open order' },
    { command: 'order cancel p1c2d3e4f5a6o3a0 --session btc', does: 'one of a session' },
  ],
});

/** A value as JSON; text that is JSON counts as what it says, so that a number can be typed. */
const valueField = z.json().transform((given): z.output<ReturnType<typeof z.json>> => {
  if (typeof given !== 'string') return given;
  try {
    return JSON.parse(given) as z.output<ReturnType<typeof z.json>>;
  } catch {
    return given;
  }
});

export const sourceGive = operation({
  name: 'source give',
  group: 'sessions',
  summary: 'Tell the strategy of a session a value from outside',
  details:
    'A score, a headline, an answer of a model, a signal of another program: of a source that the strategy declares. It is told at once, between two bars, and what it orders goes through the same risk limits as ever. The value is journaled, so that a replay hears the same. A strategy that is paused is not told, and finds the value when it goes on. Text that is JSON counts as that: 0.7 is a number.',
  kind: 'command',
  scope: 'trade',
  http: [{ method: 'POST', path: 'sources/{source}' }],
  get input() {
    return z.object({
      source: z.string().min(1).meta({ description: 'Name of the source, as the strategy declares it' }),
      value: valueField.meta({ description: 'The value: a number, a word, or JSON', placeholder: 'value' }),
      session: runningField,
      reason: reasonField,
    });
  },
  get output() {
    return z.object({
      session: z.string(),
      source: z.string(),
      value: z.json(),
      /** Client ids of the orders that the strategy placed when it was told. */
      placed: z.array(z.string()),
      /** Codes by which risk refused others. */
      refused: z.array(z.string()),
    });
  },
  positionals: ['source', 'value'],
  examples: [
    { command: 'source give score 0.7', does: 'a number, to the session that runs' },
    {
      command: `source give news '{"headline":"Rates cut","confidence":0.8}' --session btc`,
      does: 'an object, to one of several',
    },
    { command: 'source give score -0.6 --dry-run', does: 'what the strategy would order' },
  ],
});

const commandOutput = lazy(() => z.object({ session: z.string(), strategy: z.string() }));

export const pause = operation({
  name: 'pause',
  group: 'sessions',
  summary: 'Pause the strategy of a session that runs',
  details:
    'It is not called until it is resumed, or the session is ended and started again; its orders and stops stay. For all sessions, and across restarts: tradewright kill --level pause.',
  kind: 'command',
  scope: 'risk',
  get input() {
    return z.object({ session: runningPlace, reason: reasonField });
  },
  get output() {
    return commandOutput();
  },
  positionals: ['session'],
  examples: [
    { command: 'pause', does: 'the session that runs' },
    { command: "pause btc --reason 'news at noon'", does: 'one of several, with a reason' },
  ],
});

export const resume = operation({
  name: 'resume',
  group: 'sessions',
  summary: 'Let the strategy of a session go on after a pause',
  details: 'A kill is not lifted by it: tradewright rearm does that.',
  kind: 'command',
  scope: 'risk',
  get input() {
    return z.object({ session: runningPlace, reason: reasonField });
  },
  get output() {
    return commandOutput();
  },
  positionals: ['session'],
  examples: [
    { command: 'resume', does: 'the session that runs' },
    { command: 'resume btc', does: 'one of several' },
  ],
});

export const stop = operation({
  name: 'stop',
  group: 'sessions',
  summary: 'End a session that runs',
  details:
    'An orderly end, as with Ctrl-C where it runs: positions and orders stay as they are, but that entries at a venue are canceled, and it can be gone on with. One that was given to tradewright strategy start is kept by servers no longer, whether it runs or not. One with an account that is deployed is begun again: tradewright deployment rm ends it.',
  kind: 'command',
  scope: 'risk',
  get input() {
    return z.object({ session: runningPlace, reason: reasonField });
  },
  get output() {
    return commandOutput();
  },
  positionals: ['session'],
  examples: [
    { command: 'stop', does: 'the session that runs' },
    { command: "stop btc --reason 'end of the day'", does: 'one of several, with a reason' },
  ],
});
