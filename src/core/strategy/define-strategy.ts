import type { Bars } from '../indicators/bars.ts';
import type { Entry, Level } from '../vocabulary/intent.ts';
import type { Json } from '../vocabulary/json.ts';
import type { OrderRole, OrderStatus, Side } from '../vocabulary/order.ts';
import type { Refusal } from '../vocabulary/refusal.ts';
import { STRATEGY_ID } from '../vocabulary/strategy-id.ts';
import type { TimeMs } from '../vocabulary/time.ts';
import { type DataOf, type DataSpecs, dataComplaint } from './data.ts';
import { type ParamSpecs, type ParamValues, paramComplaint } from './params.ts';

/** An order a strategy made. It stays readable after the order has ended. */
export interface OrderRef {
  readonly clientOrderId: string;
  /** `refused` where risk did not let it leave; {@link refusal} says why. */
  readonly status: OrderStatus | 'refused';
  readonly refusal: Refusal | null;
  readonly side: Side;
  readonly qty: number;
  readonly filledQty: number;
  readonly isOpen: boolean;
  readonly cancel: (why: string) => void;
  /** Asks for another price or quantity; takes effect when the venue confirms. */
  readonly amend: (change: { price?: number | string; qty?: number | string }) => void;
}

/** The strategy's own position in one instrument; other strategies' positions are not in it. */
export interface Position {
  readonly isOpen: boolean;
  readonly side: 'long' | 'short' | 'flat';
  /** Absolute quantity. */
  readonly qty: number;
  readonly avgPrice: number;
  readonly unrealized: number;
  readonly realized: number;
  /** Bars of the strategy's feed closed since it was opened. */
  readonly barsHeld: number;
  /** Closes it with a market order; does nothing when flat. */
  readonly close: (why: string) => void;
  /** Moves (or makes) the protective stop. */
  readonly moveStop: (to: Level) => void;
}

/** Trading in one instrument. */
export interface Desk {
  readonly symbol: string;
  readonly position: Position;
  readonly price: number;
  /** Open orders of this strategy in this instrument. */
  readonly orders: readonly OrderRef[];
  readonly buy: (entry: Entry) => OrderRef;
  readonly sell: (entry: Entry) => OrderRef;
  /** Trades to hold this fraction of the strategy's equity (negative: short); calling it again changes nothing. */
  readonly target: (pctOfEquity: number, why: string) => void;
  /** Cancels every open order of this strategy in this instrument. */
  readonly cancelAll: (why: string) => void;
}

/** Everything a strategy sees. There is no way to learn whether it runs in a backtest, on paper or live. */
export interface Context<P, D, I, S> extends Desk {
  readonly params: ParamValues<P>;
  readonly data: DataOf<D>;
  readonly ind: I;
  state: S;
  /** Equity of the strategy: its allocation plus its own profit. */
  readonly equity: number;
  /** Event time: the close of the bars just closed. */
  readonly now: TimeMs;
  /** Whether bars of this declared feed closed at this instant. */
  readonly closed: (feed: keyof D & string) => boolean;
  /** Trading in another instrument: by the name of its declared feed, or by its bars. */
  readonly on: (feed: (keyof D & string) | Bars) => Desk;
  /** Latest value of a declared source, frozen, or null before the first. */
  readonly source: (name: string) => Json;
  readonly log: (message: string, data?: Json) => void;
  readonly plot: (pane: string, series: Readonly<Record<string, number>>) => void;
  readonly alert: (level: 'info' | 'warn' | 'page', message: string) => void;
}

export interface Fill {
  readonly order: OrderRef;
  readonly symbol: string;
  readonly side: Side;
  readonly role: OrderRole;
  readonly price: number;
  readonly qty: number;
  /** In units of {@link feeAsset}; negative for a rebate. */
  readonly fee: number;
  /** The instrument's settle asset, unless the account pays fees in another. */
  readonly feeAsset: string;
  /** Profit booked by this fill, before fees; 0 for an opening fill. */
  readonly realized: number;
}

/** What became of an order other than a fill: `status` after it, and the reason of a refusal or rejection. */
export interface OrderUpdate {
  readonly order: OrderRef;
  readonly symbol: string;
  readonly status: OrderStatus | 'refused';
  readonly reason: string;
}

/** How often a strategy decides by the clock that does not say. */
export const TIMER_EVERY = '15m';

export interface Timer<C> {
  /** `'30s'`, `'15m'`, `'4h'`, `'1d'`: fires at multiples of event time. {@link TIMER_EVERY} by default. */
  readonly every?: `${number}${'s' | 'm' | 'h' | 'd'}`;
  readonly run: (c: C) => void;
}

/** A declared outside source (news, a model's answers). Its values arrive as recorded inputs, never by a call. */
export interface SourceSpec {
  readonly about: string;
}

/** A strategy as a plain object. Everything is inferred: a typo in a parameter, feed or indicator does not compile. */
export interface StrategyDef<P extends ParamSpecs, D extends DataSpecs, I, S> {
  readonly id: string;
  readonly version?: string;
  readonly about?: string;
  /** When it loses: shown in the catalogue and in every report. */
  readonly failsWhen?: string;
  readonly params: P;
  /** A rule across parameters, e.g. fast < slow. False or a sentence refuses the set. */
  readonly valid?: (params: ParamValues<P>) => boolean | string;
  readonly data: D;
  readonly indicators: (x: { readonly params: ParamValues<P>; readonly data: DataOf<D> }) => I;
  readonly sources?: Readonly<Record<string, SourceSpec>>;
  /** First state; must be JSON: it is journaled and survives a restart. */
  readonly state?: () => S;
  readonly onStart?: (c: Context<P, D, I, S>) => void;
  readonly onBar?: (c: Context<P, D, I, S>) => void;
  readonly onFill?: (c: Context<P, D, I, S>, fill: Fill) => void;
  /** Refusals, rejections, cancels and expiries of the strategy's orders. */
  readonly onOrder?: (c: Context<P, D, I, S>, update: OrderUpdate) => void;
  readonly onSource?: (c: Context<P, D, I, S>, name: string, value: Json) => void;
  readonly onTimer?: Timer<Context<P, D, I, S>> | readonly Timer<Context<P, D, I, S>>[];
  readonly onStop?: (c: Context<P, D, I, S>) => void;
}

export interface Strategy<P extends ParamSpecs = ParamSpecs, D extends DataSpecs = DataSpecs, I = unknown, S = Json> {
  readonly def: StrategyDef<P, D, I, S>;
}

/** A strategy whose types are not known here: what catalogues and engines handle. */
// biome-ignore lint/suspicious/noExplicitAny: a list of strategies of different parameters has no other type
export type AnyStrategy = Strategy<any, any, any, any>;

/** A constraint on S itself would keep `false` and `0` as literal types, and the state could never change. */
type StateIsJson<S> = S extends Json ? unknown : { readonly state: never };

const HANDLERS = ['onStart', 'onBar', 'onFill', 'onOrder', 'onSource', 'onStop'] as const;
const FUNCTIONS: readonly string[] = ['valid', 'indicators', 'state', ...HANDLERS];
const FIELDS: readonly string[] = [
  'id',
  'version',
  'about',
  'failsWhen',
  'params',
  'data',
  'sources',
  'onTimer',
  ...FUNCTIONS,
];

/** What each strategy has, and what it looks like where there is nothing to say. */
const REQUIRED = { params: '{}', data: "{ main: bars('1h') }", indicators: '() => ({})' } as const;

function refuseMissing(id: string, def: Readonly<Record<string, unknown>>): void {
  for (const [field, example] of Object.entries(REQUIRED))
    if (def[field] === undefined || def[field] === null)
      throw new RangeError(`strategy ${id}: ${field} is missing; expected at least ${field}: ${example}`);
}

/** A field that nobody would read, as a handler with its name mistyped, and functions whose answer would come too late. */
function refuseFields(id: string, def: Readonly<Record<string, unknown>>): void {
  const unknown = Object.keys(def).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined)
    throw new RangeError(`strategy ${id}: there is no field ${unknown}; expected any of ${FIELDS.join(', ')}`);
  for (const name of FUNCTIONS) refuseAsync(`strategy ${id}: ${name}`, def[name]);
  for (const timer of [def['onTimer']].flat())
    if (timer) refuseAsync(`strategy ${id}: onTimer.run`, (timer as Timer<never>).run);
}

function refuseSpec(name: string, complaint: string | null): void {
  if (complaint !== null) throw new RangeError(`${name}: ${complaint}`);
}

function refuseAsync(name: string, value: unknown): void {
  if (value === undefined) return;
  if (typeof value !== 'function') throw new RangeError(`${name}: expected a function, found ${typeof value}`);
  const kind = Object.prototype.toString.call(value).slice('[object '.length, -1);
  if (kind !== 'Function')
    throw new RangeError(
      `${name}: expected a plain function, found an ${kind}: what it does after a pause belongs to no instant`,
    );
}

/** Checks the parts that types cannot, and freezes. Throws RangeError naming the field. */
export function defineStrategy<const P extends ParamSpecs, const D extends DataSpecs, I, S = null>(
  def: StrategyDef<P, D, I, S> & StateIsJson<S>,
): Strategy<P, D, I, S> {
  refuseId(def.id);
  refuseMissing(def.id, def as unknown as Readonly<Record<string, unknown>>);
  if (Object.keys(def.data).length === 0)
    throw new RangeError(`strategy ${def.id}: data: expected at least one feed, e.g. { main: bars('1h') }`);
  for (const [name, spec] of Object.entries(def.data))
    refuseSpec(`strategy ${def.id}: data.${name}`, dataComplaint(spec));
  for (const [name, spec] of Object.entries(def.params))
    refuseSpec(`strategy ${def.id}: params.${name}`, paramComplaint(spec));
  refuseFields(def.id, def as unknown as Readonly<Record<string, unknown>>);
  const plain: StrategyDef<P, D, I, S> = def;
  return Object.freeze({ def: Object.freeze(plain) });
}

/** The same strategy under another id, so that a run may hold it twice. Throws RangeError where `id` is none. */
export function underId({ def }: AnyStrategy, id: string): AnyStrategy {
  refuseId(id);
  return Object.freeze({ def: Object.freeze({ ...def, id }) });
}

function refuseId(id: unknown): void {
  if (typeof id !== 'string' || !STRATEGY_ID.test(id))
    throw new RangeError(`strategy id: expected kebab-case such as "sma-cross", found ${JSON.stringify(id)}`);
}
