import { z } from 'zod';
import { InvariantError } from './assert.ts';
import { decimal, decimalPlaces, parseDecimal, toNumber, toUnits, unitsToText } from './decimal.ts';
import { multiplyDivide, nearestEven, powerOfTen, type Rounding, safe } from './integer.ts';

const positiveDecimal = z.string().refine((text) => (parseDecimal(text) ?? 0n) > 0n, {
  error: (issue) => `expected a positive decimal such as "0.01", found ${JSON.stringify(issue.input)}`,
});

/** A step of a venue's margin schedule: from this notional on, this maintenance rate and highest leverage. */
export const marginTierSchema = z.object({
  /** Position notional from which the tier holds, in quote. */
  notionalFloor: z.number().nonnegative(),
  /** Maintenance margin as a fraction of notional. */
  maintenanceRate: z.number().positive().max(1),
  /** Highest leverage allowed in the tier. */
  maxLeverage: z.number().min(1),
  /** Quote subtracted from rate × notional, so that the requirement is continuous at the floor (Binance: "maintenance amount"). */
  maintenanceAmount: z.number().nonnegative().default(0),
});
export type MarginTier = z.output<typeof marginTierSchema>;

export const INSTRUMENT_KINDS = ['spot', 'linear-perpetual', 'inverse-perpetual', 'dated-future', 'equity'] as const;
export type InstrumentKind = (typeof INSTRUMENT_KINDS)[number];

/** What can be traded and in which steps, as configured, stored and journaled. Decimals are text. */
export const instrumentSchema = z.object({
  /** `VENUE:SYMBOL`. */
  id: z.string().regex(/^[^:\s]+:\S+$/, 'expected VENUE:SYMBOL, e.g. BINANCE:BTCUSDT'),
  kind: z.enum(INSTRUMENT_KINDS).default('spot'),
  base: z.string().min(1),
  quote: z.string().min(1),
  /** Asset in which profit and margin are paid; the base asset for inverse contracts, else the quote asset. */
  settle: z.string().min(1).optional(),
  /** Smallest price step. */
  tick: positiveDecimal,
  /** Smallest quantity step, in base units, or in contracts for derivatives. */
  lot: positiveDecimal,
  minQuantity: positiveDecimal.optional(),
  maxQuantity: positiveDecimal.optional(),
  /** Least order value in quote. */
  minNotional: positiveDecimal.optional(),
  /** Base units per contract (linear) or quote units per contract (inverse). */
  contractSize: positiveDecimal.default('1'),
  marginTiers: z.array(marginTierSchema).default([]),
  /** When a dated future stops trading and is settled. */
  expiryMs: z.number().optional(),
});
export type InstrumentDefinition = z.input<typeof instrumentSchema>;

/** Digits behind the point in which an asset's amounts are counted, unless configured: 90 million units stay exact. */
export const DEFAULT_ASSET_SCALE = 8;

/** A number this close to a step, relatively, is that step: 4.35 / 0.01 is 434.99999999999994 in doubles. */
const STEP_TOLERANCE = 1e-9;

function steps(value: number, perUnit: number, unit: number, rounding: Rounding, id: string): number {
  // Most units are one, and a division costs as much as all the rest here.
  const x = unit === 1 ? value * perUnit : (value * perUnit) / unit;
  const nearest = nearestEven(x);
  let count = nearest;
  if (rounding !== 'half-even' && Math.abs(x - nearest) > STEP_TOLERANCE * Math.max(1, Math.abs(x)))
    count = rounding === 'floor' ? Math.floor(x) : rounding === 'ceil' ? Math.ceil(x) : Math.trunc(x);
  if (!(count <= Number.MAX_SAFE_INTEGER && count >= -Number.MAX_SAFE_INTEGER))
    throw new InvariantError(`${id}: ${value} is outside the exact range`);
  return count;
}

/**
 * An instrument made ready for the engine: the one door between doubles (prices of bars, sizes of strategies) and exact
 * integers (ticks, lots, quanta of an asset).
 *
 * | quantity | integer unit | double |
 * |---|---|---|
 * | price | ticks | `price(ticks)`, correctly rounded |
 * | quantity | lots (signed for positions) | `quantity(lots)` |
 * | money | quanta of 10^-scale of the settle asset | `money(quanta)` |
 */
export class Instrument {
  declare readonly index: number;
  declare readonly id: string;
  declare readonly symbol: string;
  declare readonly venue: string;
  declare readonly kind: InstrumentKind;
  declare readonly base: string;
  declare readonly quote: string;
  declare readonly settle: string;
  declare readonly inverse: boolean;
  /** Whether a fill exchanges the assets themselves (spot, equity) and not only profit. */
  declare readonly physical: boolean;
  declare readonly priceScale: number;
  declare readonly lotScale: number;
  declare readonly settleScale: number;
  /** Digits behind the point in which the base asset's balances are counted; at least those of the lot. */
  declare readonly baseScale: number;
  declare readonly marginTiers: readonly MarginTier[];
  declare readonly minLots: number;
  declare readonly maxLots: number;
  declare readonly minNotional: number;
  declare readonly expiryMs: number;
  declare readonly contractSize: number;
  /** The double nearest to the quantity of one lot. */
  declare readonly lotQuantity: number;
  readonly definition: z.output<typeof instrumentSchema>;
  declare private readonly tickUnits: number;
  declare private readonly lotUnits: number;
  declare private readonly pricePower: number;
  declare private readonly lotPower: number;
  declare private readonly settlePower: number;
  declare private readonly basePerLot: number;
  /** Notional of one tick × lot is multiplier / divisor quanta (linear). */
  declare private readonly multiplier: number;
  declare private readonly divisor: number;

  constructor(definition: InstrumentDefinition, index = 0, settleScale = DEFAULT_ASSET_SCALE, baseScale = 0) {
    const d = instrumentSchema.parse(definition);
    this.definition = d;
    this.index = index;
    this.id = d.id;
    this.venue = d.id.slice(0, d.id.indexOf(':'));
    this.symbol = d.id.slice(d.id.indexOf(':') + 1);
    this.kind = d.kind;
    this.base = d.base;
    this.quote = d.quote;
    this.inverse = d.kind === 'inverse-perpetual';
    this.physical = d.kind === 'spot' || d.kind === 'equity';
    this.settle = d.settle ?? (this.inverse ? d.base : d.quote);
    this.marginTiers = d.marginTiers;
    this.expiryMs = d.expiryMs ?? Number.POSITIVE_INFINITY;
    this.settleScale = settleScale;
    const tick = decimal(d.tick);
    const lot = decimal(d.lot);
    const contract = decimal(d.contractSize);
    this.priceScale = decimalPlaces(tick);
    this.lotScale = decimalPlaces(lot);
    const contractScale = decimalPlaces(contract);
    this.tickUnits = Number(toUnits(tick, this.priceScale, 'floor'));
    this.lotUnits = Number(toUnits(lot, this.lotScale, 'floor'));
    const contractUnits = Number(toUnits(contract, contractScale, 'floor'));
    this.contractSize = toNumber(contract);
    this.baseScale = Math.max(baseScale, this.lotScale);
    this.basePerLot = safe(
      this.lotUnits * powerOfTen(this.baseScale - this.lotScale),
      `${d.id}: base quanta of one lot`,
    );
    this.pricePower = powerOfTen(this.priceScale);
    this.lotPower = powerOfTen(this.lotScale);
    this.settlePower = powerOfTen(settleScale);
    this.lotQuantity = this.quantity(1);
    // Linear: ticks·tick × lots·lot × contract, in quanta. Inverse: lots·lot × contract / (ticks·tick).
    const shift = this.inverse
      ? settleScale + this.priceScale - this.lotScale - contractScale
      : settleScale - this.priceScale - this.lotScale - contractScale;
    const units = this.inverse ? this.lotUnits * contractUnits : this.tickUnits * this.lotUnits * contractUnits;
    this.multiplier = safe(shift > 0 ? units * powerOfTen(shift) : units, `${d.id}: value of one tick × lot`);
    this.divisor = shift < 0 ? powerOfTen(-shift) : 1;
    this.minLots = d.minQuantity ? this.lots(Number(d.minQuantity), 'ceil') : 1;
    this.maxLots = d.maxQuantity ? this.lots(Number(d.maxQuantity), 'floor') : Number.MAX_SAFE_INTEGER;
    this.minNotional = d.minNotional ? Number(d.minNotional) : 0;
  }

  /** Ticks of a double price; within 1e-9 of a tick it is that tick, else rounded as said. */
  ticks(price: number, rounding: Rounding): number {
    return steps(price, this.pricePower, this.tickUnits, rounding, this.id);
  }

  /** Lots of a double quantity; see {@link ticks}. */
  lots(quantity: number, rounding: Rounding): number {
    return steps(quantity, this.lotPower, this.lotUnits, rounding, this.id);
  }

  /** The double nearest to the exact decimal price. */
  price(ticks: number): number {
    return (ticks * this.tickUnits) / this.pricePower;
  }

  /** The double nearest to the exact decimal quantity; the sign is kept. */
  quantity(lots: number): number {
    return (lots * this.lotUnits) / this.lotPower;
  }

  /** Quanta of the settle asset as a double amount. */
  money(quanta: number): number {
    return quanta / this.settlePower;
  }

  /** Quanta of the settle asset that a double amount is, rounded as said. */
  quanta(amount: number, rounding: Rounding): number {
    return steps(amount, this.settlePower, 1, rounding, this.id);
  }

  /**
   * Value of `lots` at `ticks` in quanta of the settle asset, half-even: for linear instruments price × quantity × contract size,
   * for inverse ones contract size × contracts / price. Sign follows `lots`.
   */
  value(ticks: number, lots: number): number {
    if (this.inverse) return multiplyDivide(this.multiplier, lots, ticks * this.tickUnits * this.divisor, 'half-even');
    const product = ticks * lots;
    if (this.divisor === 1) return safe(product * this.multiplier, 'value');
    return product <= Number.MAX_SAFE_INTEGER && product >= -Number.MAX_SAFE_INTEGER
      ? multiplyDivide(product, this.multiplier, this.divisor, 'half-even')
      : multiplyDivide(ticks * this.multiplier, lots, this.divisor, 'half-even');
  }

  /** Most lots that are worth `quanta` of the settle asset at `ticks`, or less: {@link value} the other way round. 0 for less than a lot. */
  lotsWorth(ticks: number, quanta: number): number {
    if (quanta <= 0) return 0;
    return this.inverse
      ? multiplyDivide(quanta, safe(ticks * this.tickUnits * this.divisor, 'tick'), this.multiplier, 'floor')
      : multiplyDivide(quanta, this.divisor, safe(ticks * this.multiplier, 'tick'), 'floor');
  }

  /** Value in settle units as a double at a double price: for marking and statistics. */
  valueAt(price: number, lots: number): number {
    const quantity = (lots * this.lotUnits) / this.lotPower;
    return this.inverse ? (quantity * this.contractSize) / price : quantity * price * this.contractSize;
  }

  /** Canonical decimal text of a price. */
  priceText(ticks: number): string {
    return unitsToText(BigInt(ticks) * BigInt(this.tickUnits), this.priceScale);
  }

  /** Canonical decimal text of a quantity. */
  quantityText(lots: number): string {
    return unitsToText(BigInt(lots) * BigInt(this.lotUnits), this.lotScale);
  }

  /** Canonical decimal text of an amount of the settle asset. */
  moneyText(quanta: number): string {
    return unitsToText(quanta, this.settleScale);
  }

  /** Base-asset units of 10^-lotScale in `lots` (physical instruments). */
  baseUnits(lots: number): number {
    return lots * this.lotUnits;
  }

  /** Quanta of the base asset, of 10^-baseScale, in `lots` (physical instruments): what its balances are counted in. */
  baseQuanta(lots: number): number {
    return lots * this.basePerLot;
  }
}
