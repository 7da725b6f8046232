import { formatDecimal, parseDecimal } from '../../core/vocabulary/decimal.ts';
import { type InstrumentDefinition, type InstrumentKind, instrumentSchema } from '../../core/vocabulary/instrument.ts';
import type { CcxtExchange, CcxtMarket } from './exchange-shape.ts';
import { type CcxtMarketType, venueNameOf } from './open-exchange.ts';

/** ccxt's `precisionMode`. */
const DECIMAL_PLACES = 2;
const TICK_SIZE = 4;

/** A step as text; null where ccxt does not know it, or counts significant digits, for which there is no step. */
function stepOf(precision: string | undefined, mode: number): string | null {
  if (precision === undefined) return null;
  if (mode === TICK_SIZE) return positive(precision);
  if (mode !== DECIMAL_PLACES) return null;
  const digits = Number(precision);
  if (!Number.isInteger(digits) || digits < 0 || digits > 18) return null;
  return digits === 0 ? '1' : `0.${'0'.repeat(digits - 1)}1`;
}

function positive(text: string | undefined): string | null {
  const parsed = text === undefined ? null : parseDecimal(String(text));
  return parsed !== null && parsed > 0n ? formatDecimal(parsed) : null;
}

function kindOf(market: CcxtMarket): InstrumentKind | null {
  if (market.type === 'spot') return 'spot';
  if (market.type === 'swap') return market.inverse === true ? 'inverse-perpetual' : 'linear-perpetual';
  // The engine has no inverse contracts that expire.
  return market.type === 'future' && market.inverse !== true ? 'dated-future' : null;
}

/** A market of ccxt as an instrument; null for one without steps, or of a kind that is not traded here. */
export function instrumentOf(exchange: CcxtExchange, market: CcxtMarket): InstrumentDefinition | null {
  const kind = kindOf(market);
  const tick = stepOf(market.precision.price, exchange.precisionMode);
  const lot = stepOf(market.precision.amount, exchange.precisionMode);
  if (kind === null || tick === null || lot === null) return null;
  const minQuantity = positive(market.limits?.amount?.min);
  // Some venues write a number here that stands for no limit at all, past what counts exactly in lots.
  const most = positive(market.limits?.amount?.max);
  const maxQuantity = most !== null && Number.isSafeInteger(Math.floor(Number(most) / Number(lot))) ? most : null;
  const minNotional = positive(market.limits?.cost?.min);
  const contractSize = kind === 'spot' ? null : positive(market.contractSize);
  const definition: InstrumentDefinition = {
    id: `${venueNameOf(exchange.id)}:${market.id}`,
    kind,
    base: market.base,
    quote: market.quote,
    tick,
    lot,
    ...(market.settle === undefined ? {} : { settle: market.settle }),
    ...(minQuantity === null ? {} : { minQuantity }),
    ...(maxQuantity === null ? {} : { maxQuantity }),
    ...(minNotional === null ? {} : { minNotional }),
    ...(contractSize === null ? {} : { contractSize }),
    ...(kind === 'dated-future' && market.expiry !== undefined ? { expiryMs: market.expiry } : {}),
  };
  return instrumentSchema.safeParse(definition).success ? definition : null;
}

/** Finds markets by the venue's own symbol (`BTC-USDT`) or ccxt's (`BTC/USDT`), among the types that were asked for. */
export class Markets {
  readonly #byId = new Map<string, CcxtMarket>();
  readonly #bySymbol = new Map<string, CcxtMarket>();

  constructor(exchange: CcxtExchange, types: readonly CcxtMarketType[]) {
    for (const market of Object.values(exchange.markets ?? {})) {
      const rank = types.indexOf(market.type as CcxtMarketType);
      if (rank < 0) continue;
      // Some venues have one id for a spot market and a perpetual: the type that was named first has it.
      const other = this.#byId.get(market.id);
      if (other === undefined || rank < types.indexOf(other.type as CcxtMarketType)) this.#byId.set(market.id, market);
      this.#bySymbol.set(market.symbol, market);
    }
  }

  all(): readonly CcxtMarket[] {
    return [...this.#byId.values()];
  }

  find(symbol: string): CcxtMarket | undefined {
    return this.#byId.get(symbol) ?? this.#bySymbol.get(symbol);
  }

  /** The venue's symbol of one of ccxt's; what is not listed here stays as it is. */
  idOf(symbol: string): string {
    return this.#bySymbol.get(symbol)?.id ?? symbol;
  }
}
