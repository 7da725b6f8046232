import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { NO_LIMITS } from '../../../test/scenario.ts';
import { SIMULATED } from '../execution/capabilities.ts';
import { REQUEST } from '../execution/outbox.ts';
import { compileLimits } from '../risk/limits.ts';
import { bars } from '../strategy/data.ts';
import { defineStrategy } from '../strategy/define-strategy.ts';
import type { Entry } from '../vocabulary/intent.ts';
import { allocateBars } from '../vocabulary/market-data.ts';
import { isTerminal, ROLE } from '../vocabulary/order.ts';
import { type OrderReport, REPORT, type ReportKind } from '../vocabulary/report.ts';
import { timeframe } from '../vocabulary/time.ts';
import { Engine } from './engine.ts';
import type { EngineConfig } from './engine-config.ts';
import { restore, snapshot } from './snapshot.ts';

const quiet = defineStrategy({ id: 'quiet', params: {}, data: { a: bars('1h') }, indicators: () => ({}) });
const CONFIG: EngineConfig = {
  session: 'test',
  instruments: [{ id: 'X:AUSD', base: 'A', quote: 'USD', tick: '0.01', lot: '1' }],
  account: { currency: 'USD', cash: 1_000_000, kind: 'cash', leverage: 1, takerFeeRate: 0 },
  capabilities: SIMULATED,
  limits: compileLimits(NO_LIMITS),
  feeds: [{ instrument: 'X:AUSD', timeframe: timeframe('1h') }],
  strategies: [{ strategy: quiet }],
};
const BAR = { openTimeMs: 0, open: 100, high: 101, low: 99, close: 100, volume: 1 };

/** A report on its way, and what the venue has changed in the order table by then. */
interface Word {
  readonly report: OrderReport;
  readonly lots?: number;
}

/** An engine, and a venue whose words arrive when and in which order the test says. */
class SlowVenue {
  readonly engine: Engine;
  readonly unheard: Word[] = [];
  #trade = 0;

  constructor(capabilities = SIMULATED) {
    this.engine = new Engine({ ...CONFIG, capabilities });
    this.engine.handle({ type: 'bar-closed', feed: 0, ...BAR });
    this.engine.handle({ type: 'instant-ended', timeMs: 3_600_000 });
  }

  enter(lots: number, protection: Partial<Entry>): number {
    const entry: Entry = { size: { qty: lots }, limit: 99, why: 'test', ...protection };
    this.engine.command({
      type: 'place-order',
      reason: 'test',
      strategy: 'quiet',
      instrument: 'X:AUSD',
      side: 'buy',
      entry,
    });
    this.engine.state.outbox.count = 0;
    return this.engine.state.orders.count - 1;
  }

  close(): void {
    this.engine.command({ type: 'close-position', reason: 'test', strategy: 'quiet', instrument: 'X:AUSD' });
    this.#answer();
  }

  report(kind: ReportKind, row: number, lots = 0, ticks = 9_900): OrderReport {
    const value = lots > 0 ? this.engine.state.instruments[0]!.value(ticks, lots) : 0;
    const trade = lots > 0 ? this.#trade++ : -1;
    const reason = kind === 'rejected' ? 'no' : '';
    const amounts = { lots, ticks, referenceTicks: ticks, value, fee: 0, feeAsset: -1, maker: true, rate: 0 };
    return { kind: REPORT[kind], row, instrument: 0, timeMs: 3_600_000, trade, reason, ...amounts };
  }

  /** The engine hears a report; the answers to what it then asks for are on their way. */
  hear({ report, lots }: Word): void {
    if (lots !== undefined) this.engine.state.orders.column.lots[report.row] = lots;
    this.engine.report(report);
    this.#answer();
  }

  /** Hears the word at a place of those on their way; amendments of one order keep their order. */
  hearAt(place: number): void {
    const { kind, row } = this.unheard[place]!.report;
    const isAmendment = (w: Word): boolean => w.report.kind === kind && w.report.row === row;
    const at = kind === REPORT.amended ? this.unheard.findIndex(isAmendment) : place;
    this.hear(this.unheard.splice(at, 1)[0]!);
  }

  #answer(): void {
    const { outbox, orders } = this.engine.state;
    const c = orders.column;
    for (let k = 0; k < outbox.count; k++) {
      const row = outbox.row[k]!;
      const kind = outbox.kind[k]!;
      if (kind === REQUEST.cancel) this.unheard.push({ report: this.report('canceled', row) });
      else if (kind === REQUEST.amend)
        this.unheard.push({ report: this.report('amended', row), lots: outbox.lots[k]! });
      else if (c.role[row] === ROLE.exit)
        this.unheard.push({ report: this.report('filled', row, c.lots[row]!, 10_000) });
      else this.unheard.push({ report: this.report('accepted', row) });
    }
    outbox.count = 0;
  }

  hearAll(): void {
    while (this.unheard.length > 0) this.hearAt(0);
  }

  get position(): number {
    return this.engine.state.book.positions.column.lots[0]!;
  }

  /** Lots that open legs of a role would close. */
  covered(role: number): number {
    const { orders } = this.engine.state;
    const c = orders.column;
    let lots = 0;
    for (let row = 0; row < orders.count; row++)
      if (c.role[row] === role && !isTerminal(c.status[row]!)) lots += c.lots[row]! - c.filledLots[row]!;
    return lots;
  }
}

const PROTECTED: Partial<Entry> = { stop: { price: '95' }, target: { price: '110' } };

describe('fills that are told after their order has ended', () => {
  for (const end of ['canceled', 'expired', 'rejected'] as const)
    test(`a fill told after its entry was ${end} -> stop and target stand for what filled`, () => {
      const venue = new SlowVenue();
      const row = venue.enter(5, PROTECTED);
      venue.hear({ report: venue.report(end, row) });
      venue.hear({ report: venue.report('partly-filled', row, 2) });
      venue.hearAll();
      assert.deepEqual([venue.position, venue.covered(ROLE.stop), venue.covered(ROLE.target)], [2, 2, 2]);
    });

  test('a second fill told after the first one’s position was closed and the entry canceled -> protected again', () => {
    const venue = new SlowVenue();
    const row = venue.enter(5, PROTECTED);
    venue.hear({ report: venue.report('partly-filled', row, 2) });
    venue.hearAll();
    venue.close();
    venue.hearAll();
    venue.hear({ report: venue.report('canceled', row) });
    assert.deepEqual([venue.position, venue.covered(ROLE.stop)], [0, 0]);
    venue.hear({ report: venue.report('partly-filled', row, 3) });
    venue.hearAll();
    assert.deepEqual([venue.position, venue.covered(ROLE.stop), venue.covered(ROLE.target)], [3, 3, 3]);
  });

  test('a fill while its legs are being withdrawn -> they are placed again once that is confirmed', () => {
    const venue = new SlowVenue();
    const row = venue.enter(5, PROTECTED);
    venue.hear({ report: venue.report('partly-filled', row, 2) });
    venue.hearAll();
    venue.close();
    venue.hearAt(0);
    assert.equal(venue.position, 0);
    venue.hear({ report: venue.report('partly-filled', row, 1) });
    venue.hearAll();
    assert.deepEqual([venue.position, venue.covered(ROLE.stop), venue.covered(ROLE.target)], [1, 1, 1]);
  });

  test('a fill while its legs are being withdrawn, which the venue then refuses -> the legs that stand are fitted to it', () => {
    const venue = new SlowVenue();
    const row = venue.enter(5, PROTECTED);
    venue.hear({ report: venue.report('partly-filled', row, 2) });
    venue.hearAll();
    venue.close();
    venue.hearAt(0);
    venue.hear({ report: venue.report('partly-filled', row, 1) });
    for (const { report } of venue.unheard.splice(0))
      venue.hear({ report: venue.report('cancel-rejected', report.row) });
    venue.hearAll();
    assert.deepEqual([venue.position, venue.covered(ROLE.stop), venue.covered(ROLE.target)], [1, 1, 1]);
  });

  test('a fill told after the stop of the fills before was hit -> a stop of its own, and none of the older entry’s lots', () => {
    const venue = new SlowVenue();
    const older = venue.enter(4, { stop: { price: '90' } });
    venue.hear({ report: venue.report('filled', older, 4) });
    const newer = venue.enter(5, { stop: { price: '95' } });
    venue.hear({ report: venue.report('partly-filled', newer, 2) });
    venue.hearAll();
    const { orders } = venue.engine.state;
    const stopOf = (entry: number): number =>
      Array.from({ length: orders.count }, (_, row) => row).findLast(
        (row) => orders.column.role[row] === ROLE.stop && orders.column.group[row] === entry,
      )!;
    venue.hear({ report: venue.report('filled', stopOf(newer), 2, 9_500) });
    venue.hearAll();
    assert.deepEqual([venue.position, venue.covered(ROLE.stop)], [4, 4]);
    venue.hear({ report: venue.report('partly-filled', newer, 2) });
    venue.hearAll();
    venue.hear({ report: venue.report('partly-filled', newer, 1) });
    venue.hearAll();
    assert.deepEqual([orders.column.lots[stopOf(older)], orders.column.lots[stopOf(newer)]], [4, 3]);
    assert.deepEqual([venue.position, venue.covered(ROLE.stop)], [7, 7]);
  });

  test('an engine restored from a snapshot taken after the cancel -> protects the late fill, too', () => {
    const venue = new SlowVenue();
    const row = venue.enter(5, PROTECTED);
    venue.hear({ report: venue.report('canceled', row) });
    const other = new SlowVenue();
    const history = allocateBars(1);
    for (const [name, value] of Object.entries(BAR)) history[name as keyof typeof BAR][0] = value;
    const engine = new Engine(CONFIG);
    restore(engine, snapshot(venue.engine), [history]);
    Object.assign(other, { engine });
    other.hear({ report: other.report('partly-filled', row, 2) });
    other.hearAll();
    assert.deepEqual([other.position, other.covered(ROLE.stop)], [2, 2]);
  });

  test('entries, exits and their reports in any order, some twice -> all of the position is protected once all is heard', () => {
    const entries = fc.array(
      fc.record({
        fills: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 3 }),
        unfilled: fc.integer({ min: 0, max: 3 }),
        end: fc.constantFrom('open', 'canceled', 'expired'),
        hasTarget: fc.boolean(),
      }),
      { minLength: 1, maxLength: 3 },
    );
    let late = 0;
    fc.assert(
      fc.property(
        entries,
        fc.array(fc.nat(), { maxLength: 60 }),
        fc.array(fc.nat({ max: 25 }), { maxLength: 2 }),
        fc.boolean(),
        fc.boolean(),
        (list, dice, closes, repeats, canAmend) => {
          const venue = new SlowVenue({ ...SIMULATED, amend: canAmend });
          const hasTargets = list.every((e) => e.hasTarget);
          for (const e of list) {
            const lots = Math.max(1, e.fills.reduce((sum, x) => sum + x, 0) + e.unfilled);
            const row = venue.enter(lots, e.hasTarget ? PROTECTED : { stop: { price: '95' } });
            let left = lots;
            venue.unheard.push({ report: venue.report('accepted', row) });
            for (const fill of e.fills) {
              left -= fill;
              venue.unheard.push({ report: venue.report(left === 0 ? 'filled' : 'partly-filled', row, fill) });
            }
            if (left > 0 && e.end !== 'open') venue.unheard.push({ report: venue.report(e.end, row) });
          }
          for (let k = 0; venue.unheard.length > 0; k++) {
            if (closes.includes(k)) venue.close();
            const place = (dice[k] ?? 0) % venue.unheard.length;
            const again = venue.unheard[place]!;
            const { row, lots } = again.report;
            const c = venue.engine.state.orders.column;
            if (lots > 0 && isTerminal(c.status[row]!)) late++;
            venue.hearAt(place);
            if (repeats && again.lots === undefined && again.report.kind !== REPORT.amended) venue.hear(again);
          }
          assert.equal(venue.covered(ROLE.stop), venue.position, 'stops');
          if (hasTargets) assert.equal(venue.covered(ROLE.target), venue.position, 'targets');
        },
      ),
      { numRuns: 1000 },
    );
    assert.ok(late > 100, `only ${late} late fills: the dice do too little`);
  });
});
