import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { memoryStoredTables } from '../../src/adapters/memory/stored-tables.ts';
import { memoryStrategyRegistry } from '../../src/adapters/memory/strategy-registry.ts';
import { Failure } from '../../src/api/failures.ts';
import { candidateName, noteBreach, noteParity } from '../../src/api/handlers/evidence.ts';
import { SessionFollower } from '../../src/api/handlers/follow-session.ts';
import type { LoadedStrategy } from '../../src/api/handlers/load-strategy.ts';
import { requireStage, UNPROMOTED_WORDS } from '../../src/api/handlers/require-stage.ts';
import type { SessionAbout } from '../../src/api/handlers/session-about.ts';
import { say, standing } from '../../src/api/handlers/strategy-history.ts';
import type { Call, World } from '../../src/api/world.ts';
import { ta } from '../../src/core/indicators/ta.ts';
import { type Candidate, findCandidate } from '../../src/core/promotion/standing.ts';
import { bars } from '../../src/core/strategy/data.ts';
import { type AnyStrategy, defineStrategy } from '../../src/core/strategy/define-strategy.ts';
import { DAY_MS } from '../../src/core/vocabulary/time.ts';
import { RegistryError } from '../../src/ports/strategy-registry.ts';
import type { SessionCore } from '../../src/session/session-core.ts';
import { restoreSnapshot, takeSnapshot } from '../../src/session/session-snapshot.ts';
import { configOf, INSTRUMENTS, newCore, part, recordingOf, SessionScene } from './session-scene.ts';

const [first] = INSTRUMENTS;
const swing = (failsAt = Number.POSITIVE_INFINITY): AnyStrategy =>
  defineStrategy({
    id: 'swing',
    params: {},
    data: { main: bars('1h') },
    indicators: ({ data }) => ({ cross: ta.cross(ta.sma(data.main.close, 4), ta.ema(data.main.close, 15)) }),
    onBar(c) {
      if (c.now > failsAt) throw new Error('I am not what I was');
      if (c.ind.cross.up) c.target(0.5, 'up');
      else if (c.ind.cross.down) c.target(0, 'down');
    },
  }) as never;

class Scene {
  readonly sessions = new SessionScene();
  readonly registry = memoryStrategyRegistry();
  readonly tables = memoryStoredTables();
  readonly warnings: string[] = [];
  thresholds: string | null = null;
  readonly call = { warn: ({ message }: { message: string }) => void this.warnings.push(message) } as unknown as Call;
  readonly world = {
    clock: this.sessions.clock,
    homePath: '/home',
    files: { read: () => this.thresholds },
    strategyRegistry: async () => this.registry,
    storedTables: async () => this.tables,
    journals: async () => this.sessions.journals,
  } as unknown as World;

  /** Runs a session over `days` of the market, and has it followed to its end. */
  async run(
    name: string,
    days: number,
    strategy = swing(),
    venue = 'binance',
    environment: 'paper' | 'testnet' = 'paper',
  ) {
    const columns = part(first!.bars, 0, days * 24);
    const core = newCore(configOf(strategy, 'bars', [first!.definition]));
    await this.sessions.run(name, core, recordingOf([[first!.definition, columns]]), { reason: 'over' });
    const follow = await this.followed(name, core, strategy, venue, environment);
    await follow.end();
    return { core, follow };
  }

  async followed(
    name: string,
    core: SessionCore,
    strategy: AnyStrategy,
    venue: string,
    environment: 'paper' | 'testnet',
  ) {
    const about = { strategy: 'swing', codeHash: 'c1', params: {}, venue } as unknown as SessionAbout;
    const loaded: LoadedStrategy = { strategy, codeHash: 'c1', path: null, outside: [] };
    const { journals } = this.sessions;
    const info = (await journals.list()).journals.find(({ session }) => session === name)!;
    const journal = { head: info.head.seq, flush: async () => {} };
    const of = { name, about, loaded, core, environment, begunAtMs: info.createdAtMs };
    return new SessionFollower(of, { journal, journals }, this.world, this.call);
  }

  async candidate(): Promise<Candidate> {
    return findCandidate(await standing('swing', this.registry), candidateName(SUBJECT))!;
  }

  async days(kind = 'paper-day'): Promise<Candidate['evidence']> {
    return (await this.candidate()).evidence.filter((each) => each.kind === kind);
  }
}

const SUBJECT = { strategy: 'swing', codeHash: 'c1', params: {} };

async function refusal(attempt: Promise<unknown>): Promise<Failure> {
  const error = await attempt.then(
    () => null,
    (failure: unknown) => failure,
  );
  assert.ok(error instanceof Failure, String(error));
  return error;
}

describe('followed session', () => {
  test('its days -> evidence once, whole ones with full cover, with its orders; again -> nothing new', async () => {
    const scene = new Scene();
    const { core, follow } = await scene.run('a', 20);
    const days = await scene.days();
    // The last day is over only when a bar of the next one comes.
    assert.deepEqual(
      days.map((d) => d.about),
      Array.from({ length: 19 }, (_, k) => new Date(k * DAY_MS).toISOString().slice(0, 10)),
    );
    for (const { numbers, source, passed, of } of days)
      assert.deepEqual(
        [numbers['coverage'], numbers['hours'], numbers['differences'], source, passed, of],
        [1, 24, 0, 'market', true, 'a'],
      );
    const orders = days.reduce((sum, d) => sum + d.numbers['orders']!, 0);
    assert.ok(orders > 10 && orders <= core.engine.state.orders.count);
    await follow.end();
    assert.equal((await scene.days()).length, 19);
    assert.deepEqual(scene.warnings, []);
    const [line] = await scene.tables.select('sessions', [], 1);
    assert.equal(line!['fills'], core.engine.state.fills.count);
    assert.equal((await scene.tables.select('orders', [], 1_000)).length, core.engine.state.orders.count);
  });

  test('on recordings and at the local exchange -> days of another source; at a testnet -> of another kind', async () => {
    const scene = new Scene();
    await scene.run('a', 3, swing(), 'replay:x.gz');
    await scene.run('b', 3, swing(), 'local');
    await scene.run('c', 3, swing(), 'binance', 'testnet');
    assert.deepEqual(
      (await scene.days()).map((d) => d.source),
      ['recording', 'recording', 'local', 'local'],
    );
    assert.deepEqual(
      (await scene.days('testnet-day')).map((d) => d.source),
      ['market', 'market'],
    );
  });

  test('a strategy that throws -> a breach, once; it is demoted, and what was won before is void', async () => {
    const scene = new Scene();
    await scene.run('good', 5);
    const name = candidateName(SUBJECT);
    for (const to of ['testnet', 'paper', 'live'] as const)
      await say(scene.world, 'swing', 'ann', () => [{ fact: { type: 'stage-changed', ...name, to }, reason: 'test' }]);
    assert.deepEqual(await requireStage(scene.world, SUBJECT, 'live', { environment: 'live', accepted: [] }), []);
    const { follow } = await scene.run('bad', 5, swing(3 * DAY_MS));
    const fallen = await scene.candidate();
    assert.deepEqual(
      [fallen.stage, fallen.breaches.length, fallen.breaches[0]!.kind],
      ['paper', 1, 'invariant-broken'],
    );
    assert.match(fallen.breaches[0]!.detail, /I am not what I was/);
    await follow.end();
    assert.equal((await scene.candidate()).breaches.length, 1);
    const told = await refusal(
      requireStage(scene.world, SUBJECT, 'live', { environment: 'live', accepted: [UNPROMOTED_WORDS] }),
    );
    assert.equal(told.code, 'stage-missing');
    assert.match(
      told.message,
      /swing stands at paper, live is needed.*paper days: found 0, expected 14 or more.*promotion to live/,
    );
  });

  test('parity and kills told by others -> evidence, breaches; words of a person -> only where no money can be lost', async () => {
    const scene = new Scene();
    await scene.run('a', 3);
    const certificate = {
      session: 'a',
      source: 'market',
      hash: 'h1',
      isInParity: true,
      numbers: { fills: 3 },
      sinceMs: scene.world.clock.nowMs(),
      detail: 'in parity',
    } as const;
    await noteParity(scene.world, SUBJECT, certificate, 'tradewright parity');
    await noteParity(scene.world, SUBJECT, certificate, 'tradewright parity');
    assert.deepEqual(
      (await scene.days('parity')).map((e) => e.passed),
      [true],
    );
    await noteParity(scene.world, SUBJECT, { ...certificate, hash: 'h2', isInParity: false }, 'tradewright parity');
    const kill = { kind: 'kill-switch', key: 'k1', of: 'a', detail: 'flatten' } as const;
    await noteBreach(scene.world, SUBJECT, kill, 'ann', 'drill');
    await noteBreach(scene.world, SUBJECT, kill, 'ann', 'drill');
    assert.deepEqual(
      (await scene.candidate()).breaches.map((b) => b.kind),
      ['parity-broken', 'kill-switch'],
    );
    for (const environment of ['testnet', 'local'] as const) {
      const lacks = await requireStage(scene.world, SUBJECT, 'testnet', { environment, accepted: [UNPROMOTED_WORDS] });
      assert.ok(lacks.length > 1, 'what was missing is answered');
      const told = await refusal(requireStage(scene.world, SUBJECT, 'testnet', { environment, accepted: ['yes'] }));
      assert.ok(told.hint.includes(UNPROMOTED_WORDS));
    }
    const unknown = { ...SUBJECT, codeHash: 'c2' };
    const told = await refusal(
      requireStage(scene.world, unknown, 'live', { environment: 'live', accepted: [UNPROMOTED_WORDS] }),
    );
    assert.ok(!told.hint.includes(UNPROMOTED_WORDS));
    assert.ok((told.details['lacks'] as string[]).length > 8);
  });

  test('a kill that cancels -> a breach until it is re-armed, and another when it comes again; a pause is none', async () => {
    const scene = new Scene();
    const { core, follow } = await scene.run('a', 5);
    const kill = (level: 'pause' | 'cancel-all' | 'flatten', epoch: number): void => {
      core.engine.command({ type: 'kill', reason: 'a drill', level, scope: 'system', epoch });
    };
    const breaches = async (): Promise<string[]> => {
      await follow.end();
      return (await scene.candidate()).breaches.map(({ kind, detail }) => `${kind} ${detail}`);
    };
    kill('pause', 1);
    assert.deepEqual(await breaches(), []);
    kill('cancel-all', 1);
    assert.deepEqual(await breaches(), ['kill-switch cancel-all: a drill']);
    assert.equal((await breaches()).length, 1);
    core.engine.command({ type: 'rearm', reason: 'over', scope: 'system', epoch: 2 });
    assert.equal((await breaches()).length, 1);
    kill('flatten', 2);
    assert.equal((await breaches()).at(-1), 'kill-switch flatten: a drill');
  });

  test('a core that began with a snapshot -> its tables whole where they had kept up, else marked as behind', async () => {
    const scene = new Scene();
    const { core } = await scene.run('a', 20);
    const follows = async (): Promise<unknown> => (await scene.tables.select('sessions', [], 1))[0]!['follows'];
    const head = await follows();
    const again = newCore(configOf(swing(), 'bars', [first!.definition]));
    restoreSnapshot(again, takeSnapshot(core));
    await (await scene.followed('a', again, swing(), 'binance', 'paper')).end();
    assert.equal(await follows(), head);
    assert.equal((await scene.tables.select('equity', [], 1_000)).length, core.engine.state.track.count);
    await scene.tables.forget('a');
    await (await scene.followed('a', again, swing(), 'binance', 'paper')).end();
    assert.equal(await follows(), 0);
    assert.equal((await scene.tables.select('orders', [], 1_000)).length, core.engine.state.orders.count);
  });

  test('thresholds of the home folder -> asked for instead; a wrong file is refused, not passed over', async () => {
    const scene = new Scene();
    await scene.run('a', 3);
    const lacks = async (thresholds: string): Promise<Failure> => {
      scene.thresholds = thresholds;
      return refusal(requireStage(scene.world, SUBJECT, 'testnet', { environment: 'live', accepted: [] }));
    };
    const none = '{"backtestDays":0,"backtestTrades":0,"backtestSharpe":null,"checks":false}';
    assert.deepEqual((await lacks(none)).details['lacks'], ['promotion to testnet: found research, expected testnet']);
    for (const wrong of ['{', '{"paperday":1}', '{"paperDays":-1}', '[]'])
      assert.equal((await lacks(wrong)).code, 'thresholds-invalid', wrong);
  });

  test('tables that fail for a while -> told once, the session goes on; afterwards everything is there', async () => {
    const scene = new Scene();
    const good = memoryStoredTables();
    let failures = 0;
    scene.tables.write = async () => {
      failures++;
      throw new RegistryError('unavailable', 'no server');
    };
    const { core, follow } = await scene.run('a', 10);
    await follow.end();
    assert.ok(failures >= 2);
    assert.equal(scene.warnings.length, 1);
    assert.match(scene.warnings[0]!, /session a.*no server/);
    assert.equal((await scene.tables.select('orders', [], 1_000)).length, 0);
    scene.tables.write = (rows) => good.write(rows);
    await follow.end();
    assert.equal((await good.select('orders', [], 1_000)).length, core.engine.state.orders.count);
    assert.equal((await good.select('equity', [], 1_000)).length, core.engine.state.track.count);
  });

  test('tables that stand where the journal ends -> one line is written, not all of them again; the loop does not wait', async () => {
    const scene = new Scene();
    const { core } = await scene.run('a', 20);
    const written: number[] = [];
    const good = scene.tables.write.bind(scene.tables);
    let release: () => void = () => {};
    scene.tables.write = async (rows) => {
      written.push(rows.length);
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      await good(rows);
    };
    const follower = await scene.followed('a', core, swing(), 'binance', 'paper');
    follower.follow();
    follower.follow();
    while (written.length === 0) await new Promise((resolve) => void setImmediate(resolve));
    follower.follow();
    assert.deepEqual(written, [1]);
    release();
    scene.tables.write = good;
    await follower.end();
    assert.deepEqual(scene.warnings, []);
  });

  test('another session of the same name -> rows of the first are gone', async () => {
    const scene = new Scene();
    await scene.run('a', 20);
    const before = await scene.tables.select('orders', [], 1_000);
    const other = new Scene();
    await other.sessions.clock.advance(1_000);
    (other as { tables: unknown }).tables = scene.tables;
    const { core } = await other.run('a', 5);
    const rows = await scene.tables.select('orders', [], 1_000);
    assert.ok(before.length > rows.length);
    assert.equal(rows.length, core.engine.state.orders.count);
  });
});
