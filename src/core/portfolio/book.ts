import { assert } from '../vocabulary/assert.ts';
import { columnToText, textToColumn } from '../vocabulary/column-text.ts';
import type { Instrument } from '../vocabulary/instrument.ts';
import { multiplyDivide } from '../vocabulary/integer.ts';
import { ACCOUNT, Ledger, type LedgerAsset } from './ledger.ts';
import { Positions } from './positions.ts';

const { wallet: WALLET } = ACCOUNT;

/**
 * How an asset other than the account's is valued: by the price of an instrument whose base it is, in that instrument's quote, or at a
 * price that holds for the whole session.
 */
export interface Conversion {
  /** −1 where {@link price} is given. */
  readonly instrument: number;
  readonly price?: number;
  /** Index of the asset that the price is in. */
  readonly into: number;
}

/** What was traded: `value` in quanta of the settle asset, `fee` in those of the asset that pays it. */
export interface Trade {
  readonly lots: number;
  readonly value: number;
  readonly fee: number;
  readonly timeMs: number;
}

export interface BookSnapshot {
  readonly balance: string;
  readonly postings: number;
  readonly positions: Readonly<Record<string, string>>;
  readonly open: readonly number[];
  readonly foreign: readonly number[];
  /** Absent in snapshots of before fees could be paid in base. */
  readonly dust?: string;
}

/**
 * The books of one account: ledger, virtual positions of every strategy, net positions, and their value. Slots are
 * strategy × instrument: `slot = strategy × instruments + instrument`.
 */
export class Book {
  declare readonly ledger: Ledger;
  declare readonly positions: Positions;
  /** Net lots by instrument over all strategies. */
  declare readonly netLots: Float64Array;
  /** Instruments whose net is not zero. */
  #netCount = 0;
  readonly #sums = new Float64Array(2);
  /** Wallet balances as doubles, by asset; refreshed at every posting. */
  declare readonly wallet: Float64Array;
  declare private readonly instruments: readonly Instrument[];
  /** Instrument of every slot. */
  declare private readonly indexOf: Int32Array;
  declare private readonly base: Int32Array;
  declare private readonly settle: Int32Array;
  declare private readonly conversion: readonly (Conversion | null)[];
  /** By asset: the instrument whose price values it in the account's currency at once, as most are; −1. */
  declare private readonly direct: Int32Array;
  declare private readonly power: Float64Array;
  /** Slots with an open position in a derivative, whose unrealised profit is part of equity. */
  declare private readonly open: Int32Array;
  #openCount = 0;
  /** Assets other than the account's own with something in the wallet. */
  declare private readonly foreign: Int32Array;
  #foreignCount = 0;
  /** Quanta of base that a slot holds beyond its whole lots: fees paid in base leave such. */
  declare readonly dust: Float64Array;
  /** Lots by which the last {@link fillPaidIn} changed its slot's position: fewer than it traded where the fee came out of what was received. */
  moved = 0;
  /** What the fee of the last {@link fillPaidIn} was worth, in quanta of the settle asset. */
  feeWorth = 0;

  /**
   * @param assets asset 0 is the account's currency
   * @param base,settle asset of each instrument
   * @param conversion how each asset is valued; null for the account's own and for what cannot be valued
   */
  constructor(
    instruments: readonly Instrument[],
    assets: readonly LedgerAsset[],
    base: readonly number[],
    settle: readonly number[],
    conversion: readonly (Conversion | null)[],
    strategies: number,
  ) {
    this.instruments = instruments;
    this.base = Int32Array.from(base);
    this.settle = Int32Array.from(settle);
    this.indexOf = Int32Array.from({ length: strategies * instruments.length }, (_, slot) => slot % instruments.length);
    this.conversion = conversion;
    this.direct = Int32Array.from(conversion, (c) => (c?.into === 0 && c.price === undefined ? c.instrument : -1));
    this.power = Float64Array.from(assets, (a) => Number(`1e${a.scale}`));
    this.ledger = new Ledger(assets);
    this.positions = new Positions(strategies * instruments.length);
    this.netLots = new Float64Array(instruments.length);
    this.wallet = new Float64Array(assets.length);
    this.open = new Int32Array(this.positions.count);
    this.dust = new Float64Array(this.positions.count);
    this.foreign = new Int32Array(assets.length);
  }

  /** Pays capital in. */
  deposit(asset: number, quanta: number): void {
    this.#post(asset, ACCOUNT.capital, WALLET, quanta);
  }

  /** Exchanges one asset for another inside the account. */
  convert(from: number, fromQuanta: number, into: number, intoQuanta: number): void {
    this.#post(from, WALLET, ACCOUNT.conversion, fromQuanta);
    this.#post(into, ACCOUNT.conversion, WALLET, intoQuanta);
  }

  /**
   * Books a fill in a slot whose fee the settle asset pays; returns the realised profit in quanta, fee not included. The trade is one object,
   * because every double handed to a function that is not inlined costs an allocation.
   */
  fill(slot: number, side: number, trade: Trade): number {
    const index = this.indexOf[slot]!;
    const instrument = this.instruments[index]!;
    const settle = this.settle[index]!;
    if (instrument.physical && settle === 0) return this.#buyOrSell(slot, instrument, side, trade);
    const { fee } = trade;
    const gain = this.#exchange(slot, side, trade.lots, trade.value, trade.timeMs);
    if (fee !== 0) {
      this.positions.column.fees[slot]! += fee;
      this.#post(settle, WALLET, ACCOUNT.fees, fee);
    }
    return gain;
  }

  /** {@link fill} of the commonest kind, in one piece: assets for the account's own currency. */
  #buyOrSell(slot: number, instrument: Instrument, side: number, trade: Trade): number {
    const { index } = instrument;
    const { positions, ledger, netLots, wallet } = this;
    const { lots, value, fee } = trade;
    const gain = positions.fill(slot, instrument, side, lots, value, trade.timeMs);
    const before = netLots[index]!;
    const net = before + side * lots;
    netLots[index] = net;
    if (before === 0) this.#netCount++;
    if (net === 0) this.#netCount--;
    if (fee !== 0) positions.column.fees[slot]! += fee;
    const base = this.base[index]!;
    ledger.exchange(base, side * instrument.baseQuanta(lots), 0, side * value, gain, fee);
    this.#mirror(base);
    wallet[0] = ledger.of(0, WALLET) / this.power[0]!;
    return gain;
  }

  /**
   * Books a fill whose fee is paid in `feeAsset`; {@link moved} and {@link feeWorth} tell of it. A fee in the base asset of a buy is taken
   * out of what is received: the position takes the whole lots of what is left, at their part of the cost.
   *
   * @param prices last price by instrument, by which a fee in an asset of its own is valued
   */
  fillPaidIn(
    feeAsset: number,
    slot: number,
    side: number,
    { lots, value, fee, timeMs }: Trade,
    prices: Float64Array,
  ): number {
    const index = this.indexOf[slot]!;
    const instrument = this.instruments[index]!;
    const settle = this.settle[index]!;
    const isBase = instrument.physical && side > 0 && feeAsset === this.base[index];
    let gain = 0;
    this.moved = lots;
    if (isBase) {
      const perLot = instrument.baseQuanta(1);
      const rest = this.dust[slot]! - fee;
      const whole = Math.floor(rest / perLot);
      assert(lots + whole >= 0, 'a fee in base is not more than what was bought');
      this.moved = lots + whole;
      this.dust[slot] = rest - whole * perLot;
      this.feeWorth = multiplyDivide(value, fee, instrument.baseQuanta(lots), 'half-even');
      const cost = multiplyDivide(value, this.moved, lots, 'half-even');
      if (this.moved > 0) gain = this.#exchange(slot, side, this.moved, cost, timeMs);
      else this.positions.column.fills[slot]!++;
      // The rest is received and paid for, too, and is nobody's position.
      this.#post(feeAsset, ACCOUNT.market, WALLET, instrument.baseQuanta(lots - this.moved));
      this.#post(settle, WALLET, ACCOUNT.conversion, value - cost);
      this.positions.column.fees[slot]! += value - cost;
    } else {
      gain = this.#exchange(slot, side, lots, value, timeMs);
      const rate = this.rate(feeAsset, prices) / this.settleRate(index, prices);
      const worth = Math.round((fee / this.power[feeAsset]!) * rate * this.power[settle]!);
      // A missing rate is never guessed: equity, which needs it too, then has no value.
      this.feeWorth = Number.isNaN(worth) ? 0 : worth;
      this.positions.column.fees[slot]! += this.feeWorth;
    }
    this.#post(feeAsset, WALLET, ACCOUNT.fees, fee);
    return gain;
  }

  #exchange(slot: number, side: number, lots: number, value: number, timeMs: number): number {
    const index = this.indexOf[slot]!;
    const instrument = this.instruments[index]!;
    const settle = this.settle[index]!;
    const wasOpen = this.positions.column.lots[slot] !== 0;
    const gain = this.positions.fill(slot, instrument, side, lots, value, timeMs);
    const netBefore = this.netLots[index]!;
    const net = netBefore + side * lots;
    this.netLots[index] = net;
    if (netBefore === 0) this.#netCount++;
    if (net === 0) this.#netCount--;
    if (instrument.physical) {
      // The market account keeps the cost of what is held; what a sale earned beyond its cost moves on to profit.
      this.#post(this.base[index]!, ACCOUNT.market, WALLET, side * instrument.baseQuanta(lots));
      this.#post(settle, WALLET, ACCOUNT.market, side * value);
      if (gain !== 0) this.ledger.post(settle, ACCOUNT.profit, ACCOUNT.market, gain);
    } else {
      if (gain !== 0) this.#post(settle, ACCOUNT.profit, WALLET, gain);
      this.#track(slot, wasOpen);
    }
    return gain;
  }

  /** Books funding (positive: received) or interest of a slot: what holding it costs. */
  funding(slot: number, quanta: number): void {
    const settle = this.settle[this.indexOf[slot]!]!;
    this.positions.column.funding[slot]! += quanta;
    this.#post(settle, ACCOUNT.funding, WALLET, quanta);
  }

  /**
   * Equity of the account in its currency at these prices (by instrument). NaN where something held cannot be valued: a
   * missing rate is never guessed.
   */
  equity(prices: Float64Array): number {
    let equity = this.wallet[0]!;
    for (let k = 0; k < this.#foreignCount; k++) {
      const asset = this.foreign[k]!;
      equity += this.wallet[asset]! * this.rate(asset, prices);
    }
    for (let k = 0; k < this.#openCount; k++) {
      const slot = this.open[k]!;
      const index = this.indexOf[slot]!;
      const profit = this.positions.unrealized(slot, this.instruments[index]!, prices[index]!);
      const settle = this.settle[index]!;
      equity += settle === 0 ? profit : profit * this.rate(settle, prices);
    }
    return equity;
  }

  /** Account currency for one unit of an instrument's settle asset. */
  settleRate(instrument: number, prices: Float64Array): number {
    const settle = this.settle[instrument]!;
    return settle === 0 ? 1 : this.rate(settle, prices);
  }

  /** Value of one unit of an asset in the account's currency; NaN where there is no declared way to it. */
  rate(asset: number, prices: Float64Array): number {
    const direct = this.direct[asset]!;
    return direct < 0 ? this.#rateByWay(asset, prices) : prices[direct]!;
  }

  #rateByWay(asset: number, prices: Float64Array): number {
    let rate = 1;
    let at = asset;
    for (let hops = 0; at !== 0; hops++) {
      const conversion = this.conversion[at];
      if (!conversion || hops > 4) return Number.NaN;
      rate *= conversion.price ?? prices[conversion.instrument]!;
      at = conversion.into;
    }
    return rate;
  }

  /** [gross, net] of {@link exposure}, in columns that the next call overwrites. */
  exposures(prices: Float64Array): Float64Array {
    const sums = this.#sums;
    if (this.#netCount > 0) this.exposure(prices, sums);
    else {
      sums[0] = 0;
      sums[1] = 0;
    }
    return sums;
  }

  /** Sum of |value| of all net positions in the account's currency, and the signed sum. Written to `out` as [gross, net]. */
  exposure(prices: Float64Array, out: Float64Array): void {
    let gross = 0;
    let net = 0;
    for (let i = 0; i < this.instruments.length; i++) {
      const lots = this.netLots[i]!;
      if (lots === 0) continue;
      const settle = this.settle[i]!;
      const value = this.instruments[i]!.valueAt(prices[i]!, lots) * (settle === 0 ? 1 : this.rate(settle, prices));
      gross += Math.abs(value);
      net += value;
    }
    out[0] = gross;
    out[1] = net;
  }

  clear(): void {
    this.ledger.clear();
    this.positions.clear();
    this.netLots.fill(0);
    this.#netCount = 0;
    this.wallet.fill(0);
    this.dust.fill(0);
    this.#openCount = 0;
    this.#foreignCount = 0;
  }

  /** Balances and positions; and in which order open slots and assets are added up, on which the last bit of equity depends. */
  snapshot(): BookSnapshot {
    return {
      balance: columnToText(this.ledger.balance),
      postings: this.ledger.postings,
      positions: Object.fromEntries(
        Object.entries(this.positions.column).map(([name, column]) => [name, columnToText(column)]),
      ),
      open: [...this.open.subarray(0, this.#openCount)],
      foreign: [...this.foreign.subarray(0, this.#foreignCount)],
      dust: columnToText(this.dust),
    };
  }

  /** Takes over a snapshot of the same instruments, assets and strategies. */
  restore(s: BookSnapshot): void {
    this.clear();
    this.ledger.balance.set(textToColumn(s.balance));
    this.ledger.postings = s.postings;
    for (const [name, column] of Object.entries(this.positions.column)) column.set(textToColumn(s.positions[name]!));
    for (let slot = 0; slot < this.positions.count; slot++)
      this.netLots[this.indexOf[slot]!]! += this.positions.column.lots[slot]!;
    this.#netCount = this.netLots.reduce((count, lots) => (lots === 0 ? count : count + 1), 0);
    for (let asset = 0; asset < this.wallet.length; asset++) this.#mirror(asset);
    this.open.set(s.open);
    this.#openCount = s.open.length;
    this.foreign.set(s.foreign);
    this.#foreignCount = s.foreign.length;
    if (s.dust !== undefined) this.dust.set(textToColumn(s.dust));
  }

  #post(asset: number, from: number, to: number, quanta: number): void {
    this.ledger.post(asset, from, to, quanta);
    this.#mirror(asset);
  }

  #mirror(asset: number): void {
    const before = this.wallet[asset]!;
    const now = this.ledger.of(asset, WALLET) / this.power[asset]!;
    this.wallet[asset] = now;
    if (asset === 0 || (before === 0) === (now === 0)) return;
    if (now !== 0) this.foreign[this.#foreignCount++] = asset;
    else this.#foreignCount = remove(this.foreign, this.#foreignCount, asset);
  }

  #track(slot: number, wasOpen: boolean): void {
    const isOpen = this.positions.column.lots[slot] !== 0;
    if (isOpen && !wasOpen) this.open[this.#openCount++] = slot;
    else if (!isOpen && wasOpen) this.#openCount = remove(this.open, this.#openCount, slot);
  }
}

function remove(list: Int32Array, count: number, value: number): number {
  for (let k = 0; k < count; k++)
    if (list[k] === value) {
      // By hand: a call of copyWithin costs more than moving the few that there are.
      for (let next = k + 1; next < count; next++) list[next - 1] = list[next]!;
      return count - 1;
    }
  return count;
}
