import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { memoryJournals } from '../../src/adapters/memory/journals.ts';
import { narrate } from '../../src/core/engine/narrate.ts';
import { makerTakerFees } from '../../src/core/exchange/fees.ts';
import type { InstrumentDefinition } from '../../src/core/vocabulary/instrument.ts';
import type { BarHistory, FeedRequest, FeedSink, FundingRate, MarketFeed } from '../../src/ports/market-feed.ts';
import { VenueError } from '../../src/ports/venue-error.ts';
import { recover, replayJournal } from '../../src/session/replay-journal.ts';
import { Session } from '../../src/session/session.ts';
import type { SessionCore } from '../../src/session/session-core.ts';
import type { SessionInput } from '../../src/session/session-input.ts';
import { HOUR_MS, hour, hourly, NO_LIMITS, PERPETUAL, STOCK, scripted } from '../scenario.ts';
import { SimulatedClock } from '../simulated-world/clock.ts';
import { configOf, historyOf, newCore, part } from './session-scene.ts';

const sealed = <T>(body: () => T): T => body();
const holder = scripted({ 0: (c) => c.buy({ size: { qty: 10 }, why: 'test' }) });
const DUE_MS = hour(8);
const rate = (timeMs: number, more: Partial<FundingRate> = {}): FundingRate => ({
  ...{ timeMs, rate: 0.0001, markPrice: 102, ...more },
});

/** A venue of one contract whose hand the test is, and a session there that may end and begin again. */
class Scene {
  readonly clock = new SimulatedClock(hour(0));
  readonly journals = memoryJournals({ clock: this.clock });
  readonly instrument: InstrumentDefinition;
  /** What has fallen due, as the venue's history tells it; null where it has none. */
  rates: FundingRate[] | null = [];
  /** Questions for funding that fail from now on. */
  failing = 0;
  asked = 0;
  hasStream = true;
  core!: SessionCore;
  session!: Session;
  #sinks: { request: FeedRequest; sink: FeedSink }[] = [];

  constructor(instrument = PERPETUAL) {
    this.instrument = instrument;
  }

  get #config() {
    return configOf(holder, 'trades', [this.instrument], {
      ...{ account: this.instrument === PERPETUAL ? 'margin' : 'cash', limits: NO_LIMITS, warmUp: 'ready' },
      ...{ costs: { fees: makerTakerFees(0, 0) } },
    });
  }

  fresh = (): SessionCore => newCore(this.#config);

  async begin(): Promise<void> {
    const isResumed = (await this.journals.list()).journals.length > 0;
    this.core = isResumed ? (await recover(this.fresh, this.journals, 's', sealed)).core : this.fresh();
    const journal = await this.journals.open('s', { about: null });
    this.#sinks = [];
    const feed: MarketFeed = {
      venue: 'TEST',
      channels: this.hasStream ? ['trades', 'bars', 'mark'] : ['trades', 'bars'],
      instruments: async () => [this.instrument],
      subscribe: (request, sink) => this.#sinks.push({ request, sink }) - 1,
      unsubscribe: () => {},
      health: () => ({ subscriptions: [], connections: [], clockSkewMs: null }),
      close: async () => {},
    };
    const bars = hourly(Array.from({ length: 60 }, () => [100, 100, 100, 100]));
    const past = historyOf(new Map([[this.instrument.id.slice('TEST:'.length), bars]]));
    const history: BarHistory = {
      ...past,
      bars: async (symbol, timeframe, fromMs, toMs) => {
        const page = await past.bars(symbol, timeframe, fromMs, toMs);
        return part(page, 0, page.close.length);
      },
      ...(this.rates === null ? {} : { fundingRates: (_symbol: string, fromMs: number) => this.#funding(fromMs) }),
    };
    this.session = new Session(this.core, {
      ...{ journal, feed, history, clock: this.clock, version: 'test', sealed },
    });
    const starting = this.session.start();
    await this.clock.advance(100);
    await starting;
  }

  async #funding(fromMs: number): Promise<readonly FundingRate[]> {
    this.asked++;
    if (this.failing > 0) {
      this.failing--;
      throw new VenueError('unavailable', 'TEST', 'no answer');
    }
    // Two at a time: there are pages.
    return this.rates!.filter(({ timeMs }) => timeMs >= fromMs).slice(0, 2);
  }

  /** Ends as a process does that is killed: nothing is taken any more, and what was appended is kept. */
  async kill(): Promise<void> {
    const { session } = this;
    this.#sinks = [];
    const ended = session.stop('killed').catch(() => {});
    await this.clock.advance(10);
    await ended;
  }

  #each(channel: string, tell: (sink: FeedSink, id: number) => void): void {
    for (const [id, { request, sink }] of this.#sinks.entries()) if (request.channel === channel) tell(sink, id);
  }

  trade(timeMs: number): void {
    this.#each('trades', (sink, id) => sink.trade(id, timeMs, timeMs, timeMs, 100, 1e6, 1));
  }

  mark(timeMs: number, nextMs: number, more: { price?: number; rate?: number } = {}): void {
    const { price = 102, rate: of = 0.0001 } = more;
    this.#each('mark', (sink, id) => sink.mark(id, timeMs, timeMs, price, price, of, nextMs));
  }

  /** Lets hours pass in which something is traded and the mark price is told: from the beginning of one to that of another. */
  async hours(from: number, to: number): Promise<void> {
    for (let at = from; at < to; at++) {
      const openMs = hour(at);
      const nextMs = hour(8 * Math.floor(at / 8) + 8);
      await this.clock.advance(openMs + HOUR_MS - this.clock.nowMs());
      this.trade(openMs + 1);
      this.mark(openMs + 2, nextMs);
      this.mark(openMs + HOUR_MS - 1_000, nextMs);
      const closeMs = openMs + HOUR_MS;
      this.#each('bars', (sink, id) => sink.bar(id, closeMs, closeMs, openMs, 100, 100, 100, 100, 1, true));
    }
  }

  /** Holds 10 pieces since hour 8, and that hour's funding time is a second away. */
  async holding(): Promise<void> {
    await this.begin();
    await this.hours(0, 8);
    assert.equal(this.core.engine.state.book.netLots[0], 10);
  }

  told(of = this.core): string[] {
    const { state } = of.engine;
    return Array.from({ length: state.log.count }, (_, k) => narrate(state, ['scripted'], k)).flatMap((event) =>
      event.type === 'funding-paid'
        ? [`${event.amount} at ${(event.at - hour(0)) / HOUR_MS}`]
        : event.type === 'alert-raised'
          ? [event.message]
          : [],
    );
  }

  async inputs(): Promise<SessionInput[]> {
    const inputs: SessionInput[] = [];
    for await (const { kind, payload } of this.journals.read('s'))
      if (kind === 'input') inputs.push(payload as unknown as SessionInput);
    return inputs;
  }

  /** The whole journal again, which must lead to where the session is. */
  async replayed(): Promise<string[]> {
    const core = this.fresh();
    await this.clock.advance(10);
    await replayJournal(core, this.journals.read('s'), sealed);
    assert.equal(core.hash(), this.core.hash());
    return this.told(core);
  }
}

describe('funding that falls due while a session runs', () => {
  test('the stream passes its time -> asked for soon after, with rate and mark price of the history', async () => {
    const scene = new Scene();
    await scene.holding();
    scene.rates!.push(rate(DUE_MS + 3, { rate: 0.0002, markPrice: 105 }), rate(DUE_MS + 7));
    scene.mark(DUE_MS + 500, hour(16));
    scene.mark(DUE_MS + 1_500, hour(16));
    await scene.clock.advance(1_500);
    assert.deepEqual(scene.told(), ['-0.21 at 8.000000833333333']);
    await scene.clock.advance(HOUR_MS);
    scene.mark(DUE_MS + 2_500, hour(16));
    assert.equal(scene.told().length, 1);
    assert.deepEqual(await scene.replayed(), scene.told());
    const kept = (await scene.inputs()).filter(({ type }) => type === 'funding-fell-due');
    assert.deepEqual(kept, [{ type: 'funding-fell-due', feed: 0, timeMs: DUE_MS + 3, rate: 0.0002, markPrice: 105 }]);
  });

  test('the history has it only later, and the venue does not answer at first -> asked until it has, then as seldom as before', async () => {
    const scene = new Scene();
    await scene.holding();
    scene.failing = 2;
    scene.mark(DUE_MS + 500, hour(16));
    const problem = (): unknown => scene.session.timed().find(({ work }) => work === 'funding-rates')!.problem;
    await scene.clock.advance(1_500);
    assert.equal(problem(), 'unavailable: no answer');
    await scene.clock.advance(18_500);
    assert.equal(problem(), null);
    assert.deepEqual(scene.told(), []);
    scene.rates!.push(rate(DUE_MS));
    await scene.clock.advance(20_000);
    assert.deepEqual(scene.told(), ['-0.102 at 8']);
    const before = scene.asked;
    await scene.clock.advance(HOUR_MS);
    assert.ok(scene.asked - before <= 13, `${scene.asked - before} questions in an hour`);
  });

  test('no stream of marks -> the history is asked every five minutes', async () => {
    const scene = new Scene();
    scene.hasStream = false;
    await scene.holding();
    scene.rates!.push(rate(DUE_MS, { markPrice: null }));
    await scene.clock.advance(301_000);
    assert.deepEqual(scene.told(), ['-0.1 at 8']);
  });

  test('no history -> what the stream said last before the time, once however often it repeats', async () => {
    const scene = new Scene();
    scene.rates = null;
    await scene.holding();
    scene.mark(DUE_MS - 500, DUE_MS, { price: 103, rate: 0.0003 });
    // Past its time the venue may name it for a moment more.
    scene.mark(DUE_MS + 10, DUE_MS, { price: 90, rate: 0.05 });
    for (const ms of [400, 800, 1_200]) scene.mark(DUE_MS + ms, hour(16), { rate: 0.5 });
    assert.deepEqual(scene.told(), ['-0.309 at 8']);
    assert.deepEqual(await scene.replayed(), scene.told());
  });

  test('no history, and the stream was away at the time -> not booked, and said so', async () => {
    const scene = new Scene();
    scene.rates = null;
    await scene.begin();
    await scene.hours(0, 7);
    scene.mark(DUE_MS + HOUR_MS, hour(16));
    assert.deepEqual(scene.told(), [
      'TEST keeps no history of funding: what fell due of ABCPERP while its mark price was not heard is not booked',
    ]);
  });

  test('the venue makes the interval shorter -> nothing falls due for that', async () => {
    const scene = new Scene();
    scene.rates = null;
    await scene.begin();
    await scene.hours(0, 3);
    scene.mark(hour(3) + 10, hour(4));
    assert.deepEqual(scene.told(), []);
    scene.mark(hour(4) - 10, hour(4));
    scene.mark(hour(4) + 10, hour(8));
    assert.deepEqual(scene.told(), ['-0.102 at 4']);
  });

  test('a spot pair -> nothing is listened to, asked for or told', async () => {
    const scene = new Scene(STOCK);
    scene.rates!.push(rate(DUE_MS));
    await scene.holding();
    scene.mark(DUE_MS + 10, hour(16));
    await scene.clock.advance(HOUR_MS);
    assert.equal(scene.asked, 0);
    assert.deepEqual(scene.told(), []);
  });
});

describe('funding that falls due while a session is away', () => {
  test('two times missed -> booked at the next start, among the bars of the past, and once however often it starts', async () => {
    const scene = new Scene();
    await scene.holding();
    await scene.kill();
    scene.rates!.push(rate(DUE_MS), rate(hour(16), { rate: -0.0002, markPrice: 100 }), rate(hour(24)));
    await scene.clock.advance(hour(26) - scene.clock.nowMs());
    await scene.begin();
    const expected = ['-0.102 at 8', '0.2 at 16', '-0.102 at 24'];
    assert.deepEqual(scene.told(), expected);
    const order = (await scene.inputs()).flatMap((input) =>
      input.type === 'funding-fell-due'
        ? [`due ${(input.timeMs - hour(0)) / HOUR_MS}`]
        : input.type === 'history-received'
          ? [`bars until ${(input.bars.at(-1)![1] + HOUR_MS - hour(0)) / HOUR_MS}`]
          : [],
    );
    assert.deepEqual(order, ['due 8', 'bars until 16', 'due 16', 'bars until 24', 'due 24', 'bars until 26']);
    for (let again = 0; again < 2; again++) {
      await scene.kill();
      await scene.begin();
      scene.mark(hour(26), hour(32));
      await scene.clock.advance(HOUR_MS / 2);
      assert.deepEqual(scene.told(), expected);
    }
    assert.deepEqual(await scene.replayed(), expected);
  });

  test('killed between the time and the answer, the venue away at the next start -> asked for until it answers', async () => {
    const scene = new Scene();
    await scene.holding();
    scene.trade(DUE_MS + 100);
    scene.mark(DUE_MS + 200, hour(16));
    await scene.kill();
    scene.rates!.push(rate(DUE_MS));
    scene.failing = 2;
    await scene.begin();
    assert.deepEqual(scene.told(), []);
    await scene.clock.advance(5_000);
    assert.deepEqual(scene.told(), ['-0.102 at 8']);
    assert.deepEqual(await scene.replayed(), scene.told());
  });

  test('before the first position -> nothing of it is asked for', async () => {
    const scene = new Scene();
    scene.rates!.push(rate(hour(-8)), rate(hour(0) - 1));
    await scene.holding();
    await scene.kill();
    await scene.begin();
    assert.deepEqual(
      (await scene.inputs()).filter(({ type }) => type === 'funding-fell-due'),
      [],
    );
  });

  test('a session of before funding was known -> what fell due since its first fill', async () => {
    const scene = new Scene();
    scene.rates = null;
    scene.hasStream = false;
    await scene.begin();
    await scene.hours(0, 20);
    assert.deepEqual(scene.told(), []);
    await scene.kill();
    scene.rates = [rate(hour(0)), rate(DUE_MS), rate(hour(16))];
    await scene.begin();
    assert.deepEqual(scene.told(), ['-0.102 at 8', '-0.102 at 16']);
  });

  test('the venue keeps no history -> told that it is not booked', async () => {
    const scene = new Scene();
    scene.rates = null;
    await scene.holding();
    await scene.kill();
    await scene.begin();
    assert.deepEqual(scene.told(), [
      'TEST keeps no history of funding: what fell due of ABCPERP while the session was away is not booked',
    ]);
  });
});
