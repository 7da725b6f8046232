import { Instrument } from '../../core/vocabulary/instrument.ts';
import { multiplyDivide, powerOfTen } from '../../core/vocabulary/integer.ts';
import { type Amount, amountText, parseAmount, stepsOf } from './decimal-text.ts';
import type { SelfTradePrevention, SpotSymbolOptions, SymbolStatus } from './spot-options.ts';

const DEFAULT_MODES: readonly SelfTradePrevention[] = [
  'EXPIRE_TAKER',
  'EXPIRE_MAKER',
  'EXPIRE_BOTH',
  'DECREMENT',
  'TRANSFER',
];

/** A listed pair made ready: its steps, bounds and assets as numbers, and the texts of its prices and quantities. */
export class SpotSymbol {
  readonly index: number;
  readonly name: string;
  readonly options: SpotSymbolOptions;
  readonly base: string;
  readonly quote: string;
  readonly baseAsset: number;
  readonly quoteAsset: number;
  readonly baseScale: number;
  readonly quoteScale: number;
  readonly instrument: Instrument;
  readonly tick: Amount;
  readonly step: Amount;
  readonly baseQuantaPerLot: number;
  /** Quote quanta of one tick × lot, as a double: for estimates that may leave the exact range. */
  readonly quantaPerTickLot: number;
  /** The same as a fraction of integers. */
  readonly valueUnits: number;
  readonly valueDivisor: number;
  readonly minTicks: number;
  readonly maxTicks: number;
  readonly minLots: number;
  readonly maxLots: number;
  readonly maxMarketLots: number;
  readonly maxPositionLots: number;
  /** Bounds of an order's value, in quote quanta (as doubles: an order's value may be past what can be counted). */
  readonly minNotionalQuanta: number;
  readonly maxNotionalQuanta: number;
  readonly percentUp: number;
  readonly percentDown: number;
  readonly averageMinutes: number;
  readonly icebergParts: number;
  readonly maxOrders: number;
  readonly maxAlgoOrders: number;
  readonly maxIcebergOrders: number;
  readonly maxOrderLists: number;
  readonly maxAmends: number;
  readonly minTrailingDelta: number;
  readonly maxTrailingDelta: number;
  readonly selfTradeModes: readonly SelfTradePrevention[];
  readonly defaultSelfTradeMode: SelfTradePrevention;
  readonly referenceTicks: number;
  status: SymbolStatus;

  constructor(
    index: number,
    options: SpotSymbolOptions,
    base: { asset: number; scale: number },
    quote: { asset: number; scale: number },
  ) {
    this.index = index;
    this.options = options;
    this.name = options.symbol;
    this.base = options.base;
    this.quote = options.quote;
    this.baseAsset = base.asset;
    this.quoteAsset = quote.asset;
    this.baseScale = base.scale;
    this.quoteScale = quote.scale;
    this.tick = this.#amount('tickSize', options.tickSize);
    this.step = this.#amount('stepSize', options.stepSize);
    const id = `LOCAL:${options.symbol}`;
    const { tickSize: tick, stepSize: lot } = options;
    this.instrument = new Instrument({ id, base: this.base, quote: this.quote, tick, lot }, index, quote.scale);
    if (this.step.scale > base.scale) {
      throw new RangeError(
        `${this.name}: stepSize ${options.stepSize} is finer than ${this.base} is counted (${base.scale} digits); raise its entry in assetScales`,
      );
    }
    this.baseQuantaPerLot = this.step.units * powerOfTen(base.scale - this.step.scale);
    const shift = quote.scale - this.tick.scale - this.step.scale;
    this.valueUnits = this.tick.units * this.step.units * (shift > 0 ? powerOfTen(shift) : 1);
    this.valueDivisor = shift < 0 ? powerOfTen(-shift) : 1;
    this.quantaPerTickLot = this.valueUnits / this.valueDivisor;
    this.minTicks = this.#steps('minPrice', options.minPrice ?? options.tickSize, this.tick);
    this.maxTicks = this.#steps('maxPrice', options.maxPrice ?? '0', this.tick);
    this.minLots = this.#steps('minQty', options.minQty ?? options.stepSize, this.step);
    this.maxLots = this.#steps('maxQty', options.maxQty ?? '9000', this.step);
    if (!Number.isSafeInteger(this.maxLots * this.baseQuantaPerLot * 4)) {
      throw new RangeError(
        `${this.name}: maxQty ${options.maxQty} in ${base.scale} digits is more than can be counted exactly; lower it, or give ${this.base} fewer digits in assetScales`,
      );
    }
    this.maxMarketLots = this.#steps('maxMarketQty', options.maxMarketQty ?? '0', this.step);
    this.maxPositionLots =
      options.maxPosition === undefined
        ? Number.POSITIVE_INFINITY
        : this.#steps('maxPosition', options.maxPosition, this.step);
    this.minNotionalQuanta = Number(options.minNotional ?? '0') * powerOfTen(quote.scale);
    this.maxNotionalQuanta = Number(options.maxNotional ?? '9000000') * powerOfTen(quote.scale);
    this.percentUp = Number(options.percentUp ?? '5');
    this.percentDown = Number(options.percentDown ?? '0.2');
    this.averageMinutes = options.averageMinutes ?? 5;
    this.icebergParts = options.icebergParts ?? 100;
    this.maxOrders = options.maxOrders ?? 200;
    this.maxAlgoOrders = options.maxAlgoOrders ?? 5;
    this.maxIcebergOrders = options.maxIcebergOrders ?? Number.POSITIVE_INFINITY;
    this.maxOrderLists = options.maxOrderLists ?? 20;
    this.maxAmends = options.maxAmends ?? 10;
    this.minTrailingDelta = options.minTrailingDelta ?? 10;
    this.maxTrailingDelta = options.maxTrailingDelta ?? 2000;
    this.selfTradeModes = options.selfTradeModes ?? DEFAULT_MODES;
    this.defaultSelfTradeMode = options.defaultSelfTradeMode ?? 'EXPIRE_MAKER';
    this.referenceTicks =
      options.referencePrice === undefined ? 0 : this.#steps('referencePrice', options.referencePrice, this.tick);
    this.status = options.status ?? 'TRADING';
  }

  priceText(ticks: number): string {
    return amountText(ticks * this.tick.units, this.tick.scale);
  }

  quantityText(lots: number): string {
    return amountText(lots * this.step.units, this.step.scale);
  }

  quoteText(quanta: number): string {
    return amountText(quanta, this.quoteScale);
  }

  baseText(quanta: number): string {
    return amountText(quanta, this.baseScale);
  }

  /** A price as the nearest double. */
  price(ticks: number): number {
    return this.instrument.price(ticks);
  }

  /** Value in quote quanta, or Infinity where it is more than can be counted (and so more than anybody has). */
  value(ticks: number, lots: number): number {
    if (ticks * lots * this.quantaPerTickLot > 9e15 || ticks * lots > 9e15) return Number.POSITIVE_INFINITY;
    return this.instrument.value(ticks, lots);
  }

  /** Most ticks × lots that quote quanta pay for. */
  tickLots(quanta: number): number {
    if (quanta / this.quantaPerTickLot > 9e15) return Number.MAX_SAFE_INTEGER;
    return multiplyDivide(quanta, this.valueDivisor, this.valueUnits, 'floor');
  }

  /** Value of a trade for statistics: never refuses, and is exact as long as a double is. */
  valueAbout(ticks: number, lots: number): number {
    const exact = this.value(ticks, lots);
    return Number.isFinite(exact) ? exact : Math.round(ticks * lots * this.quantaPerTickLot);
  }

  #amount(name: string, text: string): Amount {
    const amount = parseAmount(text);
    if (amount === null || amount.units === 0 || !Number.isFinite(amount.units)) {
      throw new RangeError(
        `${this.options.symbol}: expected ${name} to be a positive decimal such as "0.01", found ${JSON.stringify(text)}`,
      );
    }
    return amount;
  }

  #steps(name: string, text: string, step: Amount): number {
    const amount = parseAmount(text);
    const steps = amount === null ? -1 : stepsOf(amount, step);
    if (steps < 0 || !Number.isFinite(steps)) {
      throw new RangeError(
        `${this.options.symbol}: expected ${name} to be a whole number of its step, found ${JSON.stringify(text)}`,
      );
    }
    return steps;
  }
}
