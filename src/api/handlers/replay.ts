import { eventsHash } from '../../core/engine/state-hash.ts';
import type { Json } from '../../core/vocabulary/json.ts';
import { formatTime, type TimeMs } from '../../core/vocabulary/time.ts';
import { eventJson, firstEventDifference } from '../../session/event-json.ts';
import { decisionsOf, firstDivergence } from '../../session/parity/decisions.ts';
import { MarketReader, type MarketRecord } from '../../session/parity/market-record.ts';
import { runMarket } from '../../session/parity/run-market.ts';
import { JournalReplay, replayJournal } from '../../session/replay-journal.ts';
import type { SessionCore } from '../../session/session-core.ts';
import type { SessionInput } from '../../session/session-input.ts';
import { viewOf } from '../../session/session-view.ts';
import { Failure } from '../failures.ts';
import type { PlayedMoment } from '../operations/replay.ts';
import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { eventLines } from './event-lines.ts';
import { refuseLateCalls } from './late-calls.ts';
import { loadStrategy } from './load-strategy.ts';
import { type OpenedSession, openSession } from './open-session.ts';
import { pause } from './pause.ts';
import { running } from './run.ts';
import { checkedParams } from './run-config.ts';
import { decisionLine, differenceLine, momentOf } from './session-moment.ts';

/** A pause in the market that is longer than this is not waited for in whole. */
const LONGEST_WAIT_MS = 5_000;

/** Runs a session again from its journal, verified, and shows what was asked for. */
export async function replay(input: Input<'replay'>, world: World, call: Call): Promise<Output<'replay'>> {
  if (input.events !== undefined && !input.force && world.files.exists(input.events)) {
    throw new Failure('file-exists', `${input.events} is there already`, {
      hint: 'Choose another name, or pass --force.',
      details: { field: 'events', file: input.events },
    });
  }
  const opened = await openSession(input.session, world);
  const sealed = <T>(body: () => T): T => world.strategyFiles.sealed(body);
  const core = opened.fresh();
  const reader = new MarketReader();
  const player = new Player(input, core, world, call);
  const journal = new JournalReplay(core, sealed, {
    goesOn: (record) => {
      reader.take(record);
      return player.see(
        record.seq,
        record.kind === 'input' ? (record.payload as { readonly type: string }).type : null,
      );
    },
  });
  await journal.readOn((fromSeq) => opened.journals.read(input.session, fromSeq));
  player.end(journal.seq);
  if (input.at !== undefined && player.shown === null && !call.stop.aborted) throw notReached(core);
  const forks = Object.keys(input.param).length > 0 || input.strategy !== undefined;
  const lines = input.diff === undefined && input.events === undefined ? [] : eventJson(core);
  if (input.events !== undefined) world.files.write(input.events, lines.map((line) => `${line}\n`).join(''));
  const { state } = core.engine;
  return {
    ...{
      session: input.session,
      strategy: opened.about.strategy,
      params: opened.about.params as Output<'replay'>['params'],
    },
    ...{ records: journal.seq, inputs: core.inputs, statesVerified: journal.compared },
    ...{ eventsVerified: journal.eventsVerifiedAt === core.inputs, events: state.log.count },
    hashes: { state: core.hash(), events: eventsHash(core.engine) },
    moment: player.shown ?? momentOf(core, journal.seq),
    steps: [...player.steps],
    fork: forks ? await forked(input, opened, core, reader.record, world) : null,
    diff: input.diff === undefined ? null : await difference(input.diff, lines, world, sealed),
    written: input.events === undefined ? null : world.files.resolve(input.events),
  };
}

/** Shows moments as a journal goes by, and keeps to the speed that was asked for. */
class Player {
  /** The moment that was asked for; null while it has not come. */
  shown: Output<'replay'>['moment'] | null = null;
  readonly steps: PlayedMoment[] = [];
  readonly #input: Input<'replay'>;
  readonly #core: SessionCore;
  readonly #world: World;
  readonly #call: Call;
  readonly #plays: boolean;
  #told = 0;
  #lastMs: TimeMs = Number.NaN;

  constructor(input: Input<'replay'>, core: SessionCore, world: World, call: Call) {
    this.#input = input;
    this.#core = core;
    this.#world = world;
    this.#call = call;
    this.#plays = input.speed !== undefined || input.step !== undefined;
  }

  /** After a record: whether to go on. It ends where there is nothing more to see, or somebody wants it to. */
  async see(record: number, type: string | null): Promise<boolean> {
    const { at, step, speed, session } = this.#input;
    if (this.#call.stop.aborted) return false;
    if (type === null) return true;
    if (at !== undefined && this.shown === null) {
      if (!this.#isThere(at)) return true;
      this.shown = momentOf(this.#core, record);
      this.#told = this.#core.engine.state.log.count;
      if (!this.#plays) return !this.#endsHere();
    }
    if (!this.#plays || type !== 'instant-ended') return true;
    if (speed !== undefined && speed > 0) await this.#wait(speed);
    const played = this.#tell(session, record);
    if (step === undefined) return true;
    this.steps.push(played);
    return this.steps.length < step || !this.#endsHere();
  }

  /** What came after the last instant, if it is played to its end. */
  end(record: number): void {
    const { speed, step, session, at } = this.#input;
    if (speed !== undefined && step === undefined && (at === undefined || this.shown !== null))
      this.#tell(session, record);
  }

  #tell(session: string, record: number): PlayedMoment {
    const happened = eventLines(this.#core, Number.POSITIVE_INFINITY, this.#told);
    this.#told = this.#core.engine.state.log.count;
    const played = { session, happened, ...momentOf(this.#core, record) };
    this.#call.update(played);
    return played;
  }

  /** What is compared or forked needs the whole journal. */
  #endsHere(): boolean {
    const { diff, events, param, strategy } = this.#input;
    return diff === undefined && events === undefined && strategy === undefined && Object.keys(param).length === 0;
  }

  #isThere(at: NonNullable<Input<'replay'>['at']>): boolean {
    const { engine, lastMs } = this.#core;
    return 'event' in at ? engine.state.log.count > at.event : lastMs >= at.timeMs;
  }

  async #wait(speed: number): Promise<void> {
    const { lastMs } = this.#core;
    const passedMs = Number.isNaN(this.#lastMs) ? 0 : lastMs - this.#lastMs;
    this.#lastMs = lastMs;
    if (passedMs > 0) await pause(this.#world.clock, Math.min(passedMs / speed, LONGEST_WAIT_MS), this.#call.stop);
  }
}

function notReached({ lastMs, engine }: SessionCore): Failure {
  const end = Number.isFinite(lastMs) ? formatTime(lastMs) : 'its beginning';
  return new Failure(
    'input-invalid',
    `at: the session ends at ${end}, with ${engine.state.log.count} events, and never comes there`,
    { details: { field: 'at', expected: end } },
  );
}

const outcomeOf = (core: SessionCore) => {
  const { profit, fees, orders, fills } = viewOf(core, [], 0);
  return { profit, fees, orders, fills };
};

const isLate = ({ type }: SessionInput): boolean => type === 'strategy-acted-late' || type === 'strategy-threw-late';

/** The same market through the simulated venue, with other parameters or other code. */
async function forked(
  input: Input<'replay'>,
  { about, loaded, fresh }: OpenedSession,
  original: SessionCore,
  market: MarketRecord,
  world: World,
): Promise<NonNullable<Output<'replay'>['fork']>> {
  const code = input.strategy === undefined ? loaded : await loadStrategy(input.strategy, world);
  // Other code may have other parameters: those that were not given are its own.
  const kept = input.strategy === undefined ? (about.params as Record<string, Json>) : {};
  const params = checkedParams(code, { ...kept, ...input.param });
  const { remote: _remote, ...config } = fresh().config;
  // What the code of then did too late is nothing that other code is told.
  const own = {
    ...market,
    items: market.items.filter((item) => item.kind !== 'told' || !isLate(item.input)),
  };
  const core = running([code], world, () =>
    runMarket(own, {
      config: {
        ...config,
        drivenBy: market.kept === 'none' ? 'bars' : config.drivenBy,
        strategies: [{ strategy: code.strategy, params }],
      },
      session: original.engine.state.session,
      sealed: (body) => world.strategyFiles.sealed(body),
    }),
  );
  await refuseLateCalls(core.engine, world);
  const found = firstDivergence(decisionsOf(original), decisionsOf(core));
  return {
    ...{ strategy: code.strategy.def.id, params: params as Output<'replay'>['params'] },
    ...{ original: outcomeOf(original), fork: outcomeOf(core), hashes: { events: eventsHash(core.engine) } },
    difference: found && {
      ...differenceLine(found),
      ...{ original: decisionLine(found.expected), fork: decisionLine(found.recorded) },
    },
  };
}

/** First event that another session, or a file of events, has otherwise. */
async function difference(
  against: string,
  lines: readonly string[],
  world: World,
  sealed: <T>(body: () => T) => T,
): Promise<NonNullable<Output<'replay'>['diff']>> {
  const found = firstEventDifference(lines, await linesOf(against, world, sealed));
  return {
    ...{ against, same: found === null, event: found?.seq ?? null },
    ...{ session: found?.a ?? null, other: found?.b ?? null },
  };
}

async function linesOf(against: string, world: World, sealed: <T>(body: () => T) => T): Promise<readonly string[]> {
  const { journals } = await (await world.journals()).list();
  if (journals.some(({ session }) => session === against)) {
    const other = await openSession(against, world);
    const core = other.fresh();
    await replayJournal(core, other.journals.read(against), sealed);
    return eventJson(core);
  }
  const text = world.files.read(against);
  if (text === null)
    throw new Failure('file-not-found', `there is neither a session nor a file ${against}`, {
      hint: 'tradewright sessions lists the sessions; tradewright replay <session> --events <file> writes a file.',
      details: { field: 'diff', found: against },
    });
  return text.split('\n').filter((line) => line !== '');
}
