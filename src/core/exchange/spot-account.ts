/**
 * Balances of a spot account.
 *
 * ASSUMPTIONS
 * 1. Every asset's balance is free + locked, in quanta; neither is ever negative, as nothing is borrowed, but for what is owed by
 *    {@link SpotAccount.pay}.
 * 2. An order locks what it may cost when it is accepted: a buy its value at its limit (for a market buy, what the caller
 *    reserves) with the dearest fee, a sell its base quantity. What it did not need becomes free when it ends.
 * 3. A fill pays out of the order's lock first, then out of free funds. Rounding of many partial fills may ask for a few quanta
 *    more than was locked; where the account has none left, the venue forgives them (at most one quantum a fill) and says so.
 * 4. A fee is paid in the asset the fill says, after what is received has been added: a sell pays out of its proceeds.
 * 5. An unlimited account (the market maker of a simulated venue) locks nothing, always pays, and its free balance may be negative:
 *    it owes what the others have won from it, so that all accounts together still add up.
 * 6. Settlement is immediate. Equities settle days later; their buying power here is therefore a cash account's at its kindest.
 */
import { assert } from '../vocabulary/assert.ts';
import { safe } from '../vocabulary/integer.ts';
import { VENUE_REFUSAL } from './venue-refusal.ts';

export type SpotAccountState = {
  readonly free: readonly number[];
  readonly locked: readonly number[];
  /** [order, asset, quanta] of every order with something locked. */
  readonly orders: readonly (readonly [number, number, number])[];
};

/** Free and locked balances per asset (an index that the caller gives), and what each open order has locked. */
export class SpotAccount {
  declare readonly free: Float64Array;
  declare readonly locked: Float64Array;
  declare private readonly unlimited: boolean;
  #orderAsset = new Int32Array(64).fill(-1);
  #orderQuanta = new Float64Array(64);

  /** @param unlimited see assumption 5 */
  constructor(assets: number, unlimited = false) {
    this.unlimited = unlimited;
    this.free = new Float64Array(assets);
    this.locked = new Float64Array(assets);
  }

  /** Adds to (or, negative, takes from) the free balance. Returns a refusal where too little is free. */
  deposit(asset: number, quanta: number): number {
    const free = safe(this.free[asset]! + quanta, 'balance');
    if (free < 0 && !this.unlimited) return VENUE_REFUSAL['insufficient-balance'];
    this.free[asset] = free;
    return VENUE_REFUSAL.accepted;
  }

  /** Takes from the free balance (or, negative, adds to it) what is not asked for: where too little is free, the rest is owed. */
  pay(asset: number, quanta: number): void {
    this.free[asset] = safe(this.free[asset]! - quanta, 'balance');
  }

  /** Locks `quanta` of `asset` for an order (a small non-negative number, such as its row), more than once if it grows. */
  lock(order: number, asset: number, quanta: number): number {
    if (this.unlimited) return VENUE_REFUSAL.accepted;
    if (quanta > this.free[asset]!) return VENUE_REFUSAL['insufficient-balance'];
    if (order >= this.#orderAsset.length) this.#grow(order);
    const before = this.#orderAsset[order]!;
    assert(before === -1 || before === asset, 'an order locks one asset');
    this.#orderAsset[order] = asset;
    this.#orderQuanta[order]! += quanta;
    this.free[asset]! -= quanta;
    this.locked[asset]! += quanta;
    return VENUE_REFUSAL.accepted;
  }

  /** Quanta that an order still has locked. */
  lockedBy(order: number): number {
    return order < this.#orderQuanta.length ? this.#orderQuanta[order]! : 0;
  }

  /** Quanta of an asset that an order can pay with: what it has locked of it and what is free. */
  availableTo(order: number, asset: number): number {
    if (this.unlimited) return Number.POSITIVE_INFINITY;
    const locked = order < this.#orderAsset.length && this.#orderAsset[order] === asset ? this.#orderQuanta[order]! : 0;
    return locked + this.free[asset]!;
  }

  /** Frees up to `quanta` of what an order has locked, by default all of it. */
  release(order: number, quanta = this.lockedBy(order)): void {
    const freed = Math.min(quanta, this.lockedBy(order));
    const asset = order < this.#orderAsset.length ? this.#orderAsset[order]! : -1;
    if (asset < 0) return;
    this.#orderQuanta[order]! -= freed;
    this.locked[asset]! -= freed;
    this.free[asset]! += freed;
    if (this.#orderQuanta[order] === 0) this.#orderAsset[order] = -1;
  }

  /**
   * Books one fill: pays, receives, pays the fee (a negative fee is received). The caller releases the rest of the lock when
   * the order ends.
   *
   * @returns quanta that could not be paid (0 but for rounding, see assumption 3)
   */
  settle(
    order: number,
    payAsset: number,
    payQuanta: number,
    receiveAsset: number,
    receiveQuanta: number,
    feeAsset: number,
    feeQuanta: number,
  ): number {
    let unpaid = this.#pay(order, payAsset, payQuanta);
    this.free[receiveAsset] = safe(this.free[receiveAsset]! + receiveQuanta, 'balance');
    if (feeQuanta < 0) this.free[feeAsset]! -= feeQuanta;
    else unpaid += this.#pay(order, feeAsset, feeQuanta);
    return unpaid;
  }

  /**
   * {@link settle} and {@link release} in one, of a fill that pays its fee (not negative) in `quote`, for the fills that can be paid in full
   * out of what the order has locked and what is free; false, with nothing booked, for any other. `side` 1 buys `units` of `base` for
   * `value` of `quote`, −1 sells them. Value and fee come in one object, as doubles handed over one by one are allocated.
   */
  exchange(
    order: number,
    side: number,
    base: number,
    units: number,
    quote: number,
    { value, fee }: { readonly value: number; readonly fee: number },
  ): boolean {
    const { free } = this;
    const pays = side > 0 ? quote : base;
    const receives = side > 0 ? base : quote;
    const lockedAsset = order < this.#orderAsset.length ? this.#orderAsset[order]! : -1;
    const locked = lockedAsset < 0 ? 0 : this.#orderQuanta[order]!;
    const left = free[pays]! + locked - (side > 0 ? value + fee : units);
    const received = free[receives]! + (side > 0 ? units : value);
    const paid = side > 0 ? 0 : fee;
    if (this.unlimited || !(fee >= 0 && left >= 0 && received >= paid) || (lockedAsset >= 0 && lockedAsset !== pays))
      return false;
    if (locked > 0) {
      this.#orderQuanta[order] = 0;
      this.locked[pays]! -= locked;
    }
    if (lockedAsset >= 0) this.#orderAsset[order] = -1;
    free[pays] = left;
    free[receives] = safe(received, 'balance') - paid;
    return true;
  }

  snapshot(): SpotAccountState {
    const orders: [number, number, number][] = [];
    for (let order = 0; order < this.#orderAsset.length; order++) {
      if (this.#orderAsset[order]! >= 0) orders.push([order, this.#orderAsset[order]!, this.#orderQuanta[order]!]);
    }
    return { free: [...this.free], locked: [...this.locked], orders };
  }

  restore(state: SpotAccountState): void {
    this.free.set(state.free);
    this.locked.set(state.locked);
    this.#orderAsset.fill(-1);
    this.#orderQuanta.fill(0);
    for (const [order, asset, quanta] of state.orders) {
      if (order >= this.#orderAsset.length) this.#grow(order);
      this.#orderAsset[order] = asset;
      this.#orderQuanta[order] = quanta;
    }
  }

  /** Takes from the order's lock, then from free funds; returns what was in neither. */
  #pay(order: number, asset: number, quanta: number): number {
    let left = quanta;
    if (this.unlimited) {
      this.free[asset] = safe(this.free[asset]! - quanta, 'balance');
      return 0;
    }
    if (order < this.#orderAsset.length && this.#orderAsset[order] === asset) {
      const locked = Math.min(left, this.#orderQuanta[order]!);
      this.#orderQuanta[order]! -= locked;
      this.locked[asset]! -= locked;
      left -= locked;
      if (this.#orderQuanta[order] === 0) this.#orderAsset[order] = -1;
    }
    // What is owed already grows: it is no rounding.
    const free = this.free[asset]! < 0 ? left : Math.min(left, this.free[asset]!);
    this.free[asset]! -= free;
    return left - free;
  }

  #grow(order: number): void {
    const size = Math.max(order + 1, this.#orderAsset.length * 2);
    const assets = new Int32Array(size).fill(-1);
    assets.set(this.#orderAsset);
    const quanta = new Float64Array(size);
    quanta.set(this.#orderQuanta);
    this.#orderAsset = assets;
    this.#orderQuanta = quanta;
  }
}
