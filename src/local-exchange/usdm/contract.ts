import { type MarginSchedule, marginSchedule } from '../../core/exchange/margin.ts';
import { type Decimal, decimal, decimalPlaces, toUnits } from '../../core/vocabulary/decimal.ts';
import { Instrument, type MarginTier } from '../../core/vocabulary/instrument.ts';
import { multiplyDivide } from '../../core/vocabulary/integer.ts';
import { type Refusal, refuse } from './refusals.ts';

/** A step of a bracket table: from the previous step's cap up to `cap` of notional. `cum` follows from the rates. */
export interface BracketOption {
  readonly cap: number;
  readonly maintenanceRate: number;
  readonly maxLeverage: number;
}

/** A perpetual as the exchange lists it. Decimals as text. */
export interface ContractOptions {
  readonly symbol: string;
  readonly base: string;
  readonly quote?: string;
  readonly tickSize: string;
  readonly stepSize: string;
  /** Digits that prices and quantities may have; default those of tick and step. */
  readonly pricePrecision?: number;
  readonly quantityPrecision?: number;
  readonly minPrice: string;
  readonly maxPrice: string;
  readonly minQuantity: string;
  readonly maxQuantity: string;
  readonly maxMarketQuantity: string;
  readonly minNotional: string;
  /** Limits of a price as factors of the mark price. */
  readonly multiplierUp: string;
  readonly multiplierDown: string;
  readonly multiplierDecimals: number;
  /** A conditional order with price protection waits while mark and last price are further apart than this fraction. */
  readonly triggerProtect: string;
  readonly liquidationFee: string;
  /** How far from the mark price, as a fraction, a MARKET order takes. */
  readonly marketTakeBound: string;
  readonly brackets: readonly BracketOption[];
  /** A funding rate that stays; without it the rate follows the premium. */
  readonly fundingRate?: string;
  readonly fundingIntervalHours?: number;
}

export interface Bracket extends MarginTier {
  readonly notionalCap: number;
}

/** Digits behind the point of money: USDT is counted in 1e-8. */
const MONEY_SCALE = 8;

/** Notional that one account may have at stake in a symbol: a quarter of what the exact integers hold, so that prices may still rise. */
export const MAX_NOTIONAL_QUANTA = Math.floor(Number.MAX_SAFE_INTEGER / 4);

/** A listed perpetual made ready: exact steps, limits, brackets, and how its numbers are written. */
export class Contract {
  readonly options: ContractOptions;
  readonly symbol: string;
  readonly quote: string;
  /** Place in the listing. */
  readonly index: number;
  readonly instrument: Instrument;
  readonly schedule: MarginSchedule;
  readonly brackets: readonly Bracket[];
  readonly pricePrecision: number;
  readonly quantityPrecision: number;
  readonly maxLeverage: number;
  readonly minTicks: number;
  readonly maxTicks: number;
  readonly minLots: number;
  readonly maxLots: number;
  readonly maxMarketLots: number;
  readonly fundingIntervalMs: number;
  readonly #tick: Decimal;
  readonly #step: Decimal;

  constructor(options: ContractOptions, index: number) {
    this.options = options;
    this.symbol = options.symbol;
    this.index = index;
    this.quote = options.quote ?? 'USDT';
    this.brackets = bracketsOf(options.brackets);
    this.instrument = new Instrument(
      {
        id: `LOCAL:${options.symbol}`,
        kind: 'linear-perpetual',
        base: options.base,
        quote: this.quote,
        tick: options.tickSize,
        lot: options.stepSize,
        marginTiers: this.brackets.map(({ notionalFloor, maintenanceRate, maxLeverage, maintenanceAmount }) => ({
          notionalFloor,
          maintenanceRate,
          maxLeverage,
          maintenanceAmount,
        })),
      },
      index,
      MONEY_SCALE,
    );
    // Floors beyond the exact integers are never reached; see MAX_NOTIONAL_QUANTA.
    const reachable = this.instrument.marginTiers.filter(
      (t) => t.notionalFloor < this.instrument.money(Number.MAX_SAFE_INTEGER) / 2,
    );
    this.schedule = marginSchedule(this.instrument, reachable);
    this.#tick = decimal(options.tickSize);
    this.#step = decimal(options.stepSize);
    this.pricePrecision = options.pricePrecision ?? decimalPlaces(this.#tick);
    this.quantityPrecision = options.quantityPrecision ?? decimalPlaces(this.#step);
    this.maxLeverage = this.brackets[0]!.maxLeverage;
    this.minTicks = Number(decimal(options.minPrice) / this.#tick);
    this.maxTicks = Number(decimal(options.maxPrice) / this.#tick);
    this.minLots = Number(decimal(options.minQuantity) / this.#step);
    this.maxLots = Number(decimal(options.maxQuantity) / this.#step);
    this.maxMarketLots = Number(decimal(options.maxMarketQuantity) / this.#step);
    this.fundingIntervalMs = (options.fundingIntervalHours ?? 8) * 3_600_000;
  }

  /** Ticks of a price within the PRICE_FILTER, or why it is none. `stop` words it for a trigger price. */
  ticks(price: Decimal, isTrigger = false): number | Refusal {
    if (price <= 0n) return refuse(isTrigger ? -4006 : -4001);
    if (decimalPlaces(price) > this.pricePrecision) return refuse(-1111);
    if (price > decimal(this.options.maxPrice)) return refuse(isTrigger ? -4007 : -4002);
    if (price < decimal(this.options.minPrice)) return refuse(-4013);
    if (price % this.#tick !== 0n) return refuse(-4014);
    return Number(price / this.#tick);
  }

  /** Lots of a quantity within LOT_SIZE or MARKET_LOT_SIZE, or why it is none. */
  lots(quantity: Decimal, isMarket: boolean): number | Refusal {
    if (quantity <= 0n) return refuse(-4003);
    if (decimalPlaces(quantity) > this.quantityPrecision) return refuse(-1111);
    if (quantity < decimal(this.options.minQuantity)) return refuse(-4004);
    if (quantity > decimal(isMarket ? this.options.maxMarketQuantity : this.options.maxQuantity)) return refuse(-4005);
    if (quantity % this.#step !== 0n) return refuse(-4023);
    return Number(quantity / this.#step);
  }

  /** Ticks of a price that the house gives; throws where it is not on tick. */
  houseTicks(price: string): number {
    const value = Number(price);
    const ticks = Math.round(value / this.instrument.price(1));
    // Two texts of one decimal read as the same double, and `price` is the double nearest to its decimal: equal means on tick.
    if (ticks > 0 && this.instrument.price(ticks) === value) return ticks;
    throw new RangeError(`${this.symbol}: expected a price on tick ${this.options.tickSize}, found "${price}"`);
  }

  houseLots(quantity: string): number {
    const value = Number(quantity);
    const lots = Math.round(value / this.instrument.lotQuantity);
    if (lots > 0 && this.instrument.quantity(lots) === value) return lots;
    throw new RangeError(`${this.symbol}: expected a quantity on step ${this.options.stepSize}, found "${quantity}"`);
  }

  /** Price of an order: no trailing zeros. */
  priceText(ticks: number): string {
    return this.instrument.priceText(ticks);
  }

  /** Price in market data: as many decimals as the price's precision. */
  marketPrice(ticks: number): string {
    return padded(this.instrument.priceText(ticks), this.pricePrecision);
  }

  /** Quantity: as many decimals as the step; `0` where there is nothing. */
  quantityText(lots: number): string {
    return lots === 0 ? '0' : padded(this.instrument.quantityText(lots), this.quantityPrecision);
  }

  /** Like {@link quantityText}, with its decimals also where it is nothing. */
  marketQuantity(lots: number): string {
    return padded(this.instrument.quantityText(lots), this.quantityPrecision);
  }

  money(quanta: number): string {
    return this.instrument.moneyText(quanta);
  }

  /** Value of a sum of ticks × lots, in quote. */
  tickLotsText(tickLots: number): string {
    return this.instrument.moneyText(this.instrument.value(tickLots, 1));
  }

  /** Average price of a sum of ticks × lots over lots, to five more digits than a price; null where there are no lots. */
  averageText(tickLots: number, lots: number): string | null {
    if (lots === 0) return null;
    const digits = 100_000;
    const scaled = multiplyDivide(tickLots, digits, lots, 'half-even');
    return trimmed(toDecimalText(BigInt(scaled) * (this.#tick / BigInt(digits))));
  }

  /** Bracket in which a notional (quote) lies; the caps belong to the lower one. */
  bracketOf(notional: number): Bracket {
    return this.brackets.find((b) => notional <= b.notionalCap) ?? this.brackets.at(-1)!;
  }

  /** Highest notional that a leverage allows. */
  maxNotional(leverage: number): number {
    return this.brackets.findLast((b) => b.maxLeverage >= leverage)?.notionalCap ?? 0;
  }
}

function bracketsOf(steps: readonly BracketOption[]): Bracket[] {
  const brackets: Bracket[] = [];
  for (const step of steps) {
    const before = brackets.at(-1);
    const floor = before?.notionalCap ?? 0;
    // cum(n) = floor(n) × (rate(n) − rate(n−1)) + cum(n−1): the requirement is continuous at the floors.
    const cum = before ? floor * (step.maintenanceRate - before.maintenanceRate) + before.maintenanceAmount : 0;
    brackets.push({
      notionalFloor: floor,
      notionalCap: step.cap,
      maintenanceRate: step.maintenanceRate,
      maxLeverage: step.maxLeverage,
      maintenanceAmount: Math.round(cum * 100) / 100,
    });
  }
  return brackets;
}

function toDecimalText(value: bigint): string {
  const units = toUnits(value as Decimal, 18, 'half-even');
  const digits = String(units).padStart(19, '0');
  return `${digits.slice(0, -18)}.${digits.slice(-18)}`;
}

function trimmed(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function padded(text: string, decimals: number): string {
  const point = text.indexOf('.');
  const have = point < 0 ? 0 : text.length - point - 1;
  if (have >= decimals) return text;
  return `${point < 0 ? `${text}.` : text}${'0'.repeat(decimals - have)}`;
}
