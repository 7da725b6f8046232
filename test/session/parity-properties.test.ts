import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Engine } from '../../src/core/engine/engine.ts';
import type { CostModel } from '../../src/core/exchange/fill-costs.ts';
import type { ToldOrders } from '../../src/core/exchange/told-orders.ts';
import { TYPE } from '../../src/core/vocabulary/order.ts';
import { Random } from '../../src/core/vocabulary/random.ts';
import { compareWithModel, type Ladder } from '../../src/session/parity/ladder.ts';
import { type MarketItem, MarketReader, type MarketRecord } from '../../src/session/parity/market-record.ts';
import { orderKey } from '../../src/session/parity/recorded-orders.ts';
import { runMarket } from '../../src/session/parity/run-market.ts';
import { asJson } from '../../src/session/replay-journal.ts';
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

describe('parity of a simulated session', () => {
  test('any latency, jitter, slippage and fee on any market, a bar dropped or not -> each its part, nothing to others', () => {
    const planted = fc.record({
      seed: fc.integer({ min: 1, max: 1_000_000 }),
      strategy: fc.constantFrom(crossing, waiting),
      drivenBy: fc.constantFrom('trades' as const, 'bars' as const),
      latencyMs: fc.integer({ min: 0, max: 900 }),
      jitterMs: fc.integer({ min: 0, max: 300 }),
      ticks: fc.integer({ min: 0, max: 12 }),
      feeRate: fc.constantFrom(0.0004, 0.001, 0.0013),
      dropped: fc.option(fc.integer({ min: 20, max: 110 })),
    });
    fc.assert(
      fc.property(planted, ({ seed, strategy, drivenBy, latencyMs, jitterMs, ticks, feeRate, dropped }) => {
        const whole = randomMarket(seed, 120);
        const kept = (without: readonly number[]): MarketRecord => {
          const record = marketRecordOf(whole, without);
          return drivenBy === 'trades' ? record : { ...record, kept: 'none' };
        };
        const [all, seen] = [kept([]), kept(dropped === null ? [] : [dropped])];
        const model = costsOf(0.001, 1, 0);
        const config = (costs: CostModel) => configWith(strategy as never, costs, drivenBy);
        const setup = { session: 'test', sealed: <T>(body: () => T) => body() };
        const run = (market: MarketRecord, costs: CostModel): SessionCore =>
          runMarket(market, { ...setup, config: config(costs) });
        // Delays are drawn message by message: where prices decide what is sent, every run draws its own, and none of them is the truth.
        const jitter = strategy === crossing ? jitterMs : 0;
        const own = costsOf(feeRate, ticks, latencyMs, jitter);
        const recorded = run(seen, own);
        const ladder = compareWithModel({
          ...{ ...setup, recorded, market: seen, config: config(own), model, reference: [whole.bars] },
        });
        const profit = ({ engine: { state } }: SessionCore): number => state.book.equity(state.price);
        const rungs = [
          ...[run(all, model), run(seen, model), run(seen, costsOf(0.001, 1, latencyMs, jitter))],
          ...[run(seen, costsOf(0.001, ticks, latencyMs, jitter)), recorded],
        ].map(profit);
        const amounts = Object.fromEntries(
          Object.entries(ladder.causes).map(([cause, quanta]) => [cause, quanta / 10 ** ladder.scale]),
        ) as Record<string, number>;
        for (const [k, cause] of (['data', 'latency', 'slippage', 'fees'] as const).entries()) {
          const truth = rungs[k + 1]! - rungs[k]!;
          // A cent of a hundred thousand: what orders of another size are short of, in whole lots.
          assert.ok(
            Math.abs(amounts[cause]! - truth) <= 0.01 + 0.05 * Math.abs(truth),
            `${cause}: ${amounts[cause]}, true ${truth}`,
          );
        }
        for (const other of ['spread', 'queue', 'rejects', 'unexplained'])
          assert.ok(Math.abs(amounts[other]!) <= 0.01, `${other}: ${amounts[other]}`);
      }),
      { numRuns: 25 },
    );
  });
});

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

describe('parity of a session that was held back', () => {
  test('the account may only reduce for a while -> entries are refused on one side, and that is rejects', () => {
    const whole = marketRecordOf(randomMarket(5, 160));
    const config = configWith(crossing as never, costsOf(0.001, 1, 0));
    const setup = { config, session: 'test', sealed: <T>(body: () => T) => body() };
    const reader = new MarketReader();
    const word = (isReady: boolean, atMs: number): void =>
      reader.take({
        kind: 'outcome',
        payload: asJson({
          ...{ type: 'readiness-changed', scope: 'account', target: null, isReady, cause: 'data-fault' },
          ...{ reason: 'test', atMs },
        } as never),
      });
    // The words stand among the market's items where they were told.
    const held: MarketItem[] = [];
    let instants = 0;
    for (const item of whole.items) {
      held.push(item);
      if (item.kind !== 'instant') continue;
      instants++;
      if (instants !== 60 && instants !== 110) continue;
      word(instants === 110, item.timeMs);
      held.push(reader.record.items.at(-1)!);
    }
    const market = { ...whole, items: held };
    const profit = ({ engine: { state } }: SessionCore): number => state.book.equity(state.price);
    const recorded = runMarket(market, { ...setup, isHeld: true });
    const truth = profit(recorded) - profit(runMarket(market, setup));
    const ladder = compareWithModel({ ...setup, recorded, market });
    assert.ok(Math.abs(truth) > 1, `it matters: ${truth}`);
    assert.ok(Math.abs(amount(ladder, 'rejects') - truth) < 0.001 * Math.abs(truth));
    for (const other of ['latency', 'slippage', 'queue', 'fees', 'unexplained'])
      assert.ok(Math.abs(amount(ladder, other)) < 0.001, `${other}: ${amount(ladder, other)}`);
    assert.equal(ladder.divergence?.cause, 'rejects');
    assert.equal(ladder.divergence.recorded?.refused, 'reduce-only-state');
  });
});
