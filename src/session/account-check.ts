import type { Engine } from '../core/engine/engine.ts';
import { ACCOUNT } from '../core/portfolio/ledger.ts';
import { type Decimal, formatDecimal } from '../core/vocabulary/decimal.ts';
import type { Json } from '../core/vocabulary/json.ts';
import type { VenueBalance, VenuePosition } from '../ports/exchange-gateway.ts';
import { amountOf, decimalOf } from './exact-amount.ts';

/** Something that the venue holds otherwise than the books say. */
export interface Mismatch {
  readonly what: 'balance' | 'position';
  /** Asset, or instrument id. */
  readonly of: string;
  readonly instrument: number;
  readonly expected: string;
  readonly found: string;
}

/** Venues round the profit of a derivative to eight places for each trade; the books round theirs to a quantum. */
const VENUE_ROUNDING = 10n ** 10n;

/**
 * The venue is the truth for what is held. At the first reading the difference between venue and books is noted as what else the account
 * holds; from then on it must stay as it was. A difference counts once two readings in a row have found it the same: one alone may be a
 * trade of which the word is on its way.
 */
export class AccountCheck {
  readonly #engine: Engine;
  readonly #unbooked: ReadonlyMap<string, bigint>;
  #baseline: Map<string, bigint> | null = null;
  readonly #suspects = new Map<string, bigint>();
  /** Whether the last reading agreed with the books in everything. */
  isAgreed = false;

  constructor(engine: Engine, unbooked: ReadonlyMap<string, bigint>) {
    this.#engine = engine;
    this.#unbooked = unbooked;
  }

  get hasBaseline(): boolean {
    return this.#baseline !== null;
  }

  /** Takes a reading; answers what it proves to differ. After that the reading counts as right, so that each difference is told once. */
  read(balances: readonly VenueBalance[], positions: readonly VenuePosition[]): readonly Mismatch[] {
    const { instruments, assets } = this.#engine.state;
    const held = new Map<string, bigint>();
    for (const { code } of assets) held.set(code, 0n);
    for (const { asset, free, locked } of balances)
      if (held.has(asset)) held.set(asset, amountOf(free) + amountOf(locked));
    for (const { id, physical } of instruments) if (!physical) held.set(id, 0n);
    for (const position of positions) {
      const instrument = instruments.find(({ symbol, physical }) => symbol === position.symbol && !physical);
      if (instrument) held.set(instrument.id, held.get(instrument.id)! + amountOf(position.quantity));
    }
    const baseline = this.#baseline;
    this.isAgreed = true;
    if (baseline === null) {
      this.#baseline = new Map([...held].map(([key, found]) => [key, found - this.#booked(key)]));
      return [];
    }
    const proven: Mismatch[] = [];
    for (const [key, found] of held) {
      const expected = (baseline.get(key) ?? 0n) + this.#booked(key);
      const off = found - expected;
      const size = off < 0n ? -off : off;
      if (size <= this.#allowed(key)) {
        this.#suspects.delete(key);
        continue;
      }
      this.isAgreed = false;
      if (this.#suspects.get(key) !== off) this.#suspects.set(key, off);
      else {
        this.#suspects.delete(key);
        baseline.set(key, (baseline.get(key) ?? 0n) + off);
        const instrument = instruments.findIndex(({ id }) => id === key);
        proven.push({
          what: instrument < 0 ? 'balance' : 'position',
          of: key,
          instrument,
          expected: formatDecimal(expected as Decimal),
          found: formatDecimal(found as Decimal),
        });
      }
    }
    return proven;
  }

  /** What the account held of an asset beyond the session's capital when it began; null before the first reading. */
  beside(asset: string): string | null {
    const found = this.#baseline?.get(asset);
    return found === undefined ? null : formatDecimal(found as Decimal);
  }

  #booked(key: string): bigint {
    const { state } = this.#engine;
    const asset = state.assets.findIndex(({ code }) => code === key);
    if (asset >= 0)
      return (
        decimalOf(state.book.ledger.of(asset, ACCOUNT.wallet), state.assets[asset]!.scale) +
        (this.#unbooked.get(key) ?? 0n)
      );
    const instrument = state.instruments.find(({ id }) => id === key)!;
    return amountOf(instrument.quantityText(state.book.netLots[instrument.index]!));
  }

  #allowed(key: string): bigint {
    const { state } = this.#engine;
    const settles = state.instruments.some(({ settle, physical }) => settle === key && !physical);
    if (!settles) return 0n;
    const { scale } = state.assets.find(({ code }) => code === key)!;
    return (VENUE_ROUNDING + 10n ** BigInt(18 - scale)) * BigInt(state.fills.count);
  }

  snapshot(): Json {
    const pairs = (map: ReadonlyMap<string, bigint>): Json => [...map].map(([key, off]) => [key, String(off)]);
    return { baseline: this.#baseline === null ? null : pairs(this.#baseline), suspects: pairs(this.#suspects) };
  }

  restore(json: Json): void {
    const s = json as unknown as {
      readonly baseline: readonly [string, string][] | null;
      readonly suspects: readonly [string, string][];
    };
    const map = (pairs: readonly [string, string][]) => new Map(pairs.map(([key, off]) => [key, BigInt(off)]));
    this.#baseline = s.baseline === null ? null : map(s.baseline);
    this.#suspects.clear();
    for (const [key, off] of map(s.suspects)) this.#suspects.set(key, off);
  }
}
