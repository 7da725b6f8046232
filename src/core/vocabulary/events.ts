import { z } from 'zod';
import { ORDER_ROLES, ORDER_TYPES, SIDES, TIMES_IN_FORCE } from './order.ts';
import { REFUSALS } from './refusal.ts';

/** Version of the envelope and its payloads; changes are additive within one version. */
export const EVENT_VERSION = 1;

/** What made an event happen: an input of the session (a bar, a report, a command) or an earlier event. */
export const causeSchema = z.union([z.strictObject({ input: z.number() }), z.strictObject({ event: z.number() })]);
export type Cause = z.output<typeof causeSchema>;

const envelope = {
  v: z.literal(EVENT_VERSION),
  /** Counts the session's events from 0, without gaps. */
  seq: z.number(),
  /** Event time, epoch ms. */
  at: z.number(),
  causedBy: causeSchema,
  /** The input being handled when it happened. */
  input: z.number(),
  strategy: z.string().optional(),
  instrument: z.string().optional(),
};

const decimalText = z.string();
const orderId = z.string();

function event<const T extends string, S extends z.ZodRawShape>(type: T, shape: S) {
  return z.object({ ...envelope, type: z.literal(type), ...shape });
}

const positionShape = {
  quantity: decimalText,
  averagePrice: z.number().nullable(),
  realizedProfit: decimalText,
  fill: z.number(),
};

/** Everything that can happen in a session, as one union: kebab-case, noun and past participle. */
export const eventSchema = z.discriminatedUnion('type', [
  event('strategy-started', {}),
  event('strategy-stopped', { reason: z.string() }),
  event('strategy-failed', { message: z.string() }),
  event('signal-generated', { intent: z.number(), action: z.string(), why: z.string(), tag: z.string().optional() }),
  event('order-refused', { intent: z.number(), code: z.enum(REFUSALS), side: z.enum(SIDES), quantity: decimalText }),
  event('order-placed', {
    order: orderId,
    intent: z.number(),
    side: z.enum(SIDES),
    orderType: z.enum(ORDER_TYPES),
    role: z.enum(ORDER_ROLES),
    tif: z.enum(TIMES_IN_FORCE),
    quantity: decimalText,
    limit: decimalText.optional(),
    trigger: decimalText.optional(),
  }),
  event('order-accepted', { order: orderId }),
  event('order-rejected', { order: orderId, reason: z.string() }),
  event('order-triggered', { order: orderId }),
  event('order-amended', { order: orderId, quantity: decimalText, price: decimalText.optional() }),
  event('order-canceled', { order: orderId, filledQuantity: decimalText }),
  event('order-expired', { order: orderId, filledQuantity: decimalText }),
  event('order-filled', {
    order: orderId,
    fill: z.number(),
    side: z.enum(SIDES),
    role: z.enum(ORDER_ROLES),
    quantity: decimalText,
    price: decimalText,
    /** In units of `feeAsset`; negative for a rebate. */
    fee: decimalText,
    feeAsset: z.string(),
    liquidity: z.enum(['maker', 'taker']),
  }),
  event('position-opened', positionShape),
  event('position-changed', positionShape),
  event('position-closed', positionShape),
  event('funding-paid', { amount: decimalText, rate: z.number() }),
  event('position-liquidated', { order: orderId }),
  event('balance-updated', { asset: z.string(), total: decimalText, reason: z.string() }),
  event('risk-limit-exceeded', { limit: z.string(), used: z.number(), allowed: z.number() }),
  event('drawdown-threshold-reached', { drawdown: z.number(), limit: z.number() }),
  event('trading-state-changed', { scope: z.string(), from: z.string(), to: z.string(), reason: z.string() }),
  event('data-anomaly-detected', { code: z.string(), detail: z.string() }),
  event('message-logged', { message: z.string(), data: z.json().optional() }),
  event('alert-raised', { level: z.enum(['info', 'warn', 'page']), message: z.string() }),
  /** An order that was worked by child orders has filled whole through them. */
  event('order-completed', { order: orderId, filledQuantity: decimalText }),
  /** Limits hold from here on as they were set: of the account, or what a strategy or an instrument has of its own. */
  event('limits-changed', {
    scope: z.string(),
    changes: z.array(z.object({ limit: z.string(), before: z.json(), after: z.json(), isLooser: z.boolean() })),
    actor: z.string(),
    reason: z.string(),
  }),
  /** The instrument has expired, and the venue has settled what was held of it; `order` is what it was closed by. */
  event('position-settled', { order: orderId }),
  /** Interest on what a position on margin has borrowed, at a rate per day. */
  event('interest-charged', { amount: decimalText, rate: z.number() }),
]);

export type DomainEvent = z.output<typeof eventSchema>;
export type EventType = DomainEvent['type'];

/** Event types in the order of their column numbers. */
export const EVENT_TYPES = eventSchema.options.map((o) => o.shape.type.value) as readonly EventType[];
export const EVENT = Object.fromEntries(EVENT_TYPES.map((t, i) => [t, i])) as { readonly [K in EventType]: number };
