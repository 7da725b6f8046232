import { type FeePurse, moneyScale } from '../engine/session-state.ts';
import { type FeeAsset, type FeeSchedule, isPlain, makerTakerFees } from '../exchange/fees.ts';
import type { CostModel } from '../exchange/fill-costs.ts';
import { RATE_SCALE, toRate } from '../exchange/rate.ts';
import { DECIMAL_SCALE, decimal, toUnits } from '../vocabulary/decimal.ts';
import { DEFAULT_ASSET_SCALE, type InstrumentDefinition } from '../vocabulary/instrument.ts';
import { divideExact } from '../vocabulary/integer.ts';

/** Fees of a large crypto venue's first tier, which is what a newcomer pays: 0.10 % for maker and taker. */
export const DEFAULT_COSTS: CostModel = { fees: makerTakerFees(toRate(0.001), toRate(0.001)) };

/** What of a run decides its fees. */
interface FeeConfig {
  readonly cash: number;
  readonly costs?: CostModel;
}

/** The fees of a run, ready for engine and venue. */
export interface FeeSetup {
  readonly costs: CostModel;
  readonly feesInBase: boolean;
  readonly purse: FeePurse | null;
  /** Rate that sizing and risk keep settle asset for; 0 where another asset always pays. */
  readonly takerFeeRate: number;
}

/** Brings the fees of a run into the units of its account. Throws RangeError where account and instruments cannot pay so. */
export function feeSetup(
  config: FeeConfig,
  instruments: readonly InstrumentDefinition[],
  currency: string,
  kind: 'cash' | 'margin',
): FeeSetup {
  const costs = config.costs ?? DEFAULT_COSTS;
  const { fees, feeAsset } = costs;
  const rate = fees.tiers[0]!.takerRate / RATE_SCALE;
  if (isPlain(fees)) return { costs, feesInBase: false, purse: null, takerFeeRate: rate };
  const other = instruments.find((i) => settleOf(i) !== currency);
  if (other)
    throw new RangeError(
      `fees with tiers or in another asset need one settle asset: ${other.id} settles in ${settleOf(other)}, the account is in ${currency}`,
    );
  if (fees.payIn === 'base') {
    refuseBase(fees, instruments, kind);
    return { costs, feesInBase: true, purse: null, takerFeeRate: 0 };
  }
  if (fees.payIn === 'settle') return { costs, feesInBase: false, purse: null, takerFeeRate: rate };
  if (feeAsset === undefined) throw new RangeError('fees in a third asset need that asset with its balance and price');
  const purse = purseOf(feeAsset, config, currency, instruments);
  const thirdPerSettleRate = thirdRate(feeAsset, moneyScale(config.cash));
  return { costs: { ...costs, fees: { ...fees, thirdPerSettleRate } }, feesInBase: false, purse, takerFeeRate: rate };
}

function settleOf(i: InstrumentDefinition): string {
  return i.settle ?? (i.kind === 'inverse-perpetual' ? i.base : i.quote);
}

function isPhysical(i: InstrumentDefinition): boolean {
  return i.kind === undefined || i.kind === 'spot' || i.kind === 'equity';
}

function refuseBase(fees: FeeSchedule, instruments: readonly InstrumentDefinition[], kind: 'cash' | 'margin'): void {
  const other = instruments.find((i) => !isPhysical(i));
  if (other !== undefined || kind === 'margin')
    throw new RangeError(
      `fees in base need a cash account that receives what it buys; ${other?.id ?? 'the account'} is on margin`,
    );
  if (
    fees.perOrderQuanta !== 0 ||
    fees.perLotMakerQuanta !== 0 ||
    fees.perLotTakerQuanta !== 0 ||
    fees.minimumQuanta > 0
  )
    throw new RangeError('fees in base are a share of what is bought: no flat, least or per-lot fee goes with them');
}

function purseOf(
  asset: FeeAsset,
  config: FeeConfig,
  currency: string,
  instruments: readonly InstrumentDefinition[],
): FeePurse {
  const { code } = asset;
  const traded = instruments.find((i) => isPhysical(i) && i.base === code);
  if (code === currency || traded)
    throw new RangeError(
      `the fee asset ${code} ${traded ? `is what ${traded.id} trades` : 'is the account’s own currency'}; it must be an asset that the run does nothing else with`,
    );
  const price = decimal(asset.price);
  const balance = decimal(asset.balance);
  if (price <= 0n) throw new RangeError(`the price of ${code} must be above 0, found ${asset.price}`);
  if (balance < 0n) throw new RangeError(`the balance of ${code} must not be negative, found ${asset.balance}`);
  if (!(asset.discountRate >= 0 && asset.discountRate < RATE_SCALE))
    throw new RangeError(`the discount of ${code} must be from 0 to below 100 %`);
  const quanta = Number(toUnits(balance, DEFAULT_ASSET_SCALE, 'floor'));
  const power = tenTo(DECIMAL_SCALE + DEFAULT_ASSET_SCALE - moneyScale(config.cash));
  const costQuanta = Number(divideExact(BigInt(quanta) * price, power, 'ceil'));
  if (costQuanta > Math.round(config.cash * Number(`1e${moneyScale(config.cash)}`)))
    throw new RangeError(`${asset.balance} ${code} at ${asset.price} cost more than the capital of ${config.cash}`);
  return { code, quanta, price: Number(asset.price), costQuanta };
}

/** Quanta of the fee asset for one quantum of money, discount included, as a rate. */
function thirdRate(asset: FeeAsset, scale: number): number {
  const part = BigInt(RATE_SCALE - asset.discountRate) * tenTo(DECIMAL_SCALE + DEFAULT_ASSET_SCALE - scale);
  const rate = Number(divideExact(part, decimal(asset.price), 'half-even'));
  if (rate < 1 || !Number.isSafeInteger(rate))
    throw new RangeError(`the price ${asset.price} of ${asset.code} is out of the range that fees are converted in`);
  return rate;
}

function tenTo(digits: number): bigint {
  return BigInt(`1${'0'.repeat(digits)}`);
}
