import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Engine } from '../../src/core/engine/engine.ts';
import type { ToldOrders } from '../../src/core/exchange/told-orders.ts';
import { TYPE } from '../../src/core/vocabulary/order.ts';
import { Random } from '../../src/core/vocabulary/random.ts';
import { compareWithModel, type Ladder } from '../../src/session/parity/ladder.ts';
import { orderKey } from '../../src/session/parity/recorded-orders.ts';
import { runMarket } from '../../src/session/parity/run-market.ts';
import type { SessionCore } from '../../src/session/session-core.ts';
import { configWith, costsOf, crossing, marketRecordOf, randomMarket, waiting } from './parity-scene.ts';

const PARTS = ['latency', 'slippage', 'queue', 'fees', 'rejects'] as const;
type Part = (typeof PARTS)[number];

/**
 * A venue that is not the model: every order has a fate of its own, drawn from what makes the order. Only some of its faults are
 * on, so that what each of them costs is known.
 */
class OtherVenue implements ToldOrders {
  readonly #engine: Engine;
  readonly #seed: number;
  readonly #on: ReadonlySet<string>;

  constructor(engine: Engine, seed: number, on: readonly string[]) {
    this.#engine = engine;
    this.#seed = seed;
    this.#on = new Set(on);
  }

  /** The same number in 0 … 1 for the same order and purpose, in every run. */
  #draw(row: number, purpose: string): number {
    let hash = this.#seed;
    for (const letter of orderKey(this.#engine, row) + purpose) hash = (hash * 31 + letter.charCodeAt(0)) >>> 0;
    return new Random(hash).uniform();
  }

  #column(name: 'type' | 'side' | 'lots', row: number): number {
    return this.#engine.state.orders.column[name][row]!;
  }

  arrivalMs(row: number, sentMs: number): number {
    return this.#on.has('latency') ? sentMs + Math.floor(this.#draw(row, 'latency') * 600) : Number.NaN;
  }

  cancelMs(): number {
    return Number.NaN;
  }

  rejects(row: number): boolean {
    return this.#on.has('rejects') && this.#draw(row, 'rejects') < 0.1;
  }

  fillsMs(row: number): number {
    const waits = this.#column('type', row) === TYPE.limit;
    return this.#on.has('queue') && waits && this.#draw(row, 'queue') < 0.3 ? Number.POSITIVE_INFINITY : Number.NaN;
  }

  /** Orders that take walk a book: in three fills, each worse than the one before. */
  lots(row: number, _filled: number, lots: number): number {
    return this.#walks(row) ? Math.min(lots, Math.ceil(this.#column('lots', row) / 3)) : lots;
  }

  ticks(row: number, filled: number, ticks: number): number {
    if (!this.#walks(row)) return ticks;
    const level = Math.round((3 * filled) / this.#column('lots', row));
    return ticks + this.#column('side', row) * (level + Math.floor(this.#draw(row, 'slippage') * 8));
  }

  #walks(row: number): boolean {
    return this.#on.has('slippage') && this.#column('type', row) !== TYPE.limit;
  }

  fee(row: number, _filled: number, _value: number, fee: number): number {
    return this.#on.has('fees') ? Math.round(fee * (0.9 + this.#draw(row, 'fees') * 0.4)) : fee;
  }

  endsAt(): boolean {
    return false;
  }
}

const amount = ({ causes, scale }: Ladder, together: string): number =>
  together.split('+').reduce((sum, cause) => sum + causes[cause as Part | 'unexplained'], 0) / 10 ** scale;

describe('parity of a venue that is not the model', () => {
  for (const [strategy, parts] of [
    [crossing, ['latency']],
    [crossing, ['slippage']],
    [crossing, ['fees']],
    [crossing, ['rejects']],
    [crossing, ['latency', 'slippage', 'fees']],
    [waiting, ['queue']],
    [waiting, ['latency', 'slippage', 'fees']],
    // What an order that was never filled would have met nobody knows, so it is the queue's whatever else went wrong.
    [waiting, ['latency+slippage+queue', 'fees']],
  ] as const)
    for (const seed of [11, 12])
      test(`${strategy.def.id}, ${parts.join(', ')} at random, seed ${seed} -> each its part within 5 %, nothing unexplained`, (t) => {
        const market = marketRecordOf(randomMarket(seed, 300));
        const config = configWith(strategy as never, costsOf(0.001, 1, 0));
        const setup = { config, session: 'test', sealed: <T>(body: () => T) => body() };
        const real = (on: readonly string[]): SessionCore =>
          runMarket(market, { ...setup, told: (engine) => new OtherVenue(engine, seed, on) });
        const profit = ({ engine: { state } }: SessionCore): number => state.book.equity(state.price);
        const recorded = real(parts.join('+').split('+'));
        const ladder = compareWithModel({ ...setup, recorded, market });
        const sum = Object.values(ladder.causes).reduce((total, quanta) => total + quanta, 0);
        assert.equal(sum, ladder.recordedQuanta - ladder.expectedQuanta);
        let before = profit(real([]));
        let whole = 0;
        for (const [k, part] of parts.entries()) {
          const after = profit(
            real(
              parts
                .slice(0, k + 1)
                .join('+')
                .split('+'),
            ),
          );
          const truth = after - before;
          before = after;
          whole += Math.abs(truth);
          assert.ok(Math.abs(truth) > 0.01, `${part} matters: ${truth}`);
          const off = Math.abs(amount(ladder, part) - truth) / Math.abs(truth);
          t.diagnostic(`${part}: ${truth.toFixed(4)}, off by ${(off * 100).toFixed(3)} %`);
          assert.ok(off <= 0.05, `${part}: ${amount(ladder, part)}, true ${truth}`);
        }
        for (const other of PARTS)
          if (!parts.join('+').includes(other))
            assert.ok(Math.abs(amount(ladder, other)) <= 0.05 * whole, `${other}: ${amount(ladder, other)}`);
        assert.ok(Math.abs(amount(ladder, 'unexplained')) <= 0.01 * whole, `${amount(ladder, 'unexplained')}`);
      });
});
