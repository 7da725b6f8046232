import { assert } from '../vocabulary/assert.ts';
import { unitsToText } from '../vocabulary/decimal.ts';
import { safe } from '../vocabulary/integer.ts';

/**
 * Accounts of the double-entry ledger. `wallet` is what the venue holds for us; the others say where it came from or went:
 * `capital` (paid in), `market` (the other side of every exchange of assets), `profit` (realised on derivatives), `fees`,
 * `funding` (and interest on what is borrowed), `conversion`, `correction` (journaled adjustments with their evidence).
 */
export const LEDGER_ACCOUNTS = [
  'wallet',
  'capital',
  'market',
  'profit',
  'fees',
  'funding',
  'conversion',
  'correction',
] as const;
export type LedgerAccount = (typeof LEDGER_ACCOUNTS)[number];
export const ACCOUNT = Object.fromEntries(LEDGER_ACCOUNTS.map((a, i) => [a, i])) as {
  readonly [K in LedgerAccount]: number;
};
const WIDTH = LEDGER_ACCOUNTS.length;
/** The wallet is account 0. */
const { market: MARKET, profit: PROFIT, fees: FEES } = ACCOUNT;

/** One asset's amounts are integers of 10^-scale. */
export interface LedgerAsset {
  readonly code: string;
  readonly scale: number;
}

/**
 * Double-entry ledger per asset: a posting takes an amount from one account and gives it to another, so that the accounts of
 * an asset always sum to zero. Amounts are exact quanta.
 */
export class Ledger {
  declare readonly assets: readonly LedgerAsset[];
  /** Balance by asset × account. */
  declare readonly balance: Float64Array;
  /** Postings made since the last {@link clear}. */
  postings = 0;

  constructor(assets: readonly LedgerAsset[]) {
    this.assets = assets;
    this.balance = new Float64Array(assets.length * WIDTH);
  }

  /** Moves `quanta` of an asset (either sign) from one account to another. */
  post(asset: number, from: number, to: number, quanta: number): void {
    const base = asset * WIDTH;
    const b = this.balance;
    b[base + from] = safe(b[base + from]! - quanta, 'ledger balance');
    b[base + to] = safe(b[base + to]! + quanta, 'ledger balance');
    this.postings++;
  }

  /**
   * The postings of a fill that exchanges assets, at once: `units` of `base` received and `value` of `settle` paid (negative: the other way
   * round), `gain` moved from the market to profit, `fee` paid in `settle`.
   */
  exchange(base: number, units: number, settle: number, value: number, gain: number, fee: number): void {
    const b = this.balance;
    const held = base * WIDTH;
    b[held + MARKET] = safe(b[held + MARKET]! - units, 'ledger balance');
    b[held] = safe(b[held]! + units, 'ledger balance');
    const money = settle * WIDTH;
    let wallet = safe(b[money]! - value, 'ledger balance');
    let market = safe(b[money + MARKET]! + value, 'ledger balance');
    let postings = 2;
    if (gain !== 0) {
      b[money + PROFIT] = safe(b[money + PROFIT]! - gain, 'ledger balance');
      market = safe(market + gain, 'ledger balance');
      postings++;
    }
    if (fee !== 0) {
      wallet = safe(wallet - fee, 'ledger balance');
      b[money + FEES] = safe(b[money + FEES]! + fee, 'ledger balance');
      postings++;
    }
    b[money] = wallet;
    b[money + MARKET] = market;
    this.postings += postings;
  }

  /** Balance of one account in quanta. */
  of(asset: number, account: number): number {
    return this.balance[asset * WIDTH + account]!;
  }

  /** Throws unless every asset's accounts sum to zero: the conservation of money, checked at the end of every run and test. */
  verify(): void {
    for (let asset = 0; asset < this.assets.length; asset++) {
      let sum = 0;
      for (let account = 0; account < WIDTH; account++) sum += this.balance[asset * WIDTH + account]!;
      assert(sum === 0, `ledger: the accounts of ${this.assets[asset]!.code} sum to ${sum} quanta instead of 0`);
    }
  }

  /** Every non-zero balance as decimal text, for reports and the state hash. */
  statement(): { asset: string; account: LedgerAccount; amount: string }[] {
    const rows: { asset: string; account: LedgerAccount; amount: string }[] = [];
    this.assets.forEach((asset, i) => {
      LEDGER_ACCOUNTS.forEach((account, k) => {
        const quanta = this.of(i, k);
        if (quanta !== 0) rows.push({ asset: asset.code, account, amount: unitsToText(quanta, asset.scale) });
      });
    });
    return rows;
  }

  clear(): void {
    this.balance.fill(0);
    this.postings = 0;
  }
}
