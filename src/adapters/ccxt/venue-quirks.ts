import { HOUR_MS } from '../../core/vocabulary/time.ts';
import { dialectOf } from './dialect.ts';
import type { CcxtExchange, CcxtTrade } from './exchange-shape.ts';

/** What is known of a venue beyond what ccxt says of it. Whatever is not known here is taken to be absent. */
export interface VenueQuirks {
  /** Orders can be asked for, canceled and changed by our own id. */
  readonly knowsOurIds: boolean;
  /** `editOrder` changes the order in place, takes the whole quantity, and leaves what is not named as it is. */
  readonly amends: boolean;
  /** Orders and amendments take the latest moment at which the venue may still take them, see `deadlines.ts`. */
  readonly takesDeadlines: boolean;
  /** How long an order that ended can still be asked for. */
  readonly findEndedForMs: number;
  /** Parameter that names the last order of a page, for the next page of open orders; null where pages are not known to go on. */
  readonly openOrdersAfter: string | null;
  /** Bars of this length or longer are streamed by another calendar than UTC; they are not offered as a stream. */
  readonly streamedBarsBelowMs: number;
  /** The fee of a streamed trade, positive where paid; null where ccxt's own is right. */
  fee(trade: CcxtTrade): string | null;
  /** What the key may do, where the venue says it. */
  keyFacts(
    exchange: CcxtExchange,
  ): Promise<{ canTrade: boolean; canWithdraw: boolean | null; ipRestricted: boolean | null }>;
}

const UNKNOWN: VenueQuirks = {
  knowsOurIds: false,
  amends: false,
  takesDeadlines: false,
  findEndedForMs: 0,
  openOrdersAfter: null,
  streamedBarsBelowMs: 24 * HOUR_MS,
  fee: () => null,
  keyFacts: () => Promise.resolve({ canTrade: true, canWithdraw: null, ipRestricted: null }),
};

function textOf(object: unknown, name: string): string | null {
  if (typeof object !== 'object' || object === null) return null;
  const value: unknown = (object as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

const OKX: VenueQuirks = {
  knowsOurIds: true,
  amends: true,
  takesDeadlines: true,
  // An order that was canceled without a fill is forgotten after two hours.
  findEndedForMs: 2 * HOUR_MS,
  openOrdersAfter: 'after',
  // ccxt streams `candle6H` and longer, whose days are Hong Kong's, while it asks for the past in UTC.
  streamedBarsBelowMs: 6 * HOUR_MS,
  fee: (trade) => {
    // ccxt 4.5 passes the venue's sign on in streamed trades: negative is charged.
    const fee = textOf(trade.info, 'fillFee');
    return fee === null ? null : fee.startsWith('-') ? fee.slice(1) : fee === '0' ? '0' : `-${fee}`;
  },
  keyFacts: async (exchange) => {
    // An implicit method: ccxt makes one for every route of a venue.
    const ask = exchange as unknown as { privateGetAccountConfig(): Promise<{ data?: readonly unknown[] }> };
    const [config] = (await ask.privateGetAccountConfig()).data ?? [];
    const permissions = textOf(config, 'perm')?.split(',') ?? null;
    return {
      canTrade: permissions === null || permissions.includes('trade'),
      canWithdraw: permissions === null ? null : permissions.includes('withdraw'),
      ipRestricted: permissions === null ? null : textOf(config, 'ip') !== null,
    };
  },
};

const BY_EXCHANGE: Readonly<Record<string, VenueQuirks>> = {
  okx: OKX,
  mexc: { ...UNKNOWN, knowsOurIds: true },
};

export const quirksOf = (exchange: string): VenueQuirks => BY_EXCHANGE[dialectOf(exchange)] ?? UNKNOWN;
