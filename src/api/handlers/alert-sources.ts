import { type Occurrence, occurrenceOf } from '../../core/alerts/occurrence.ts';
import { narrate } from '../../core/engine/narrate.ts';
import type { Followed } from '../../ports/alerts.ts';
import { timeOfEvent } from '../../session/event-time.ts';
import type { SessionCore } from '../../session/session-core.ts';
import type { World } from '../world.ts';
import { failureOf } from './failure-of.ts';
import { isRunning, type KnownSession } from './known-sessions.ts';
import { type ReadSession, readSession } from './session-reader.ts';

/** A session that cannot be read is tried again after so long. */
const AGAIN_MS = 60_000;
/** What only moved on, without anything to tell, is noted this often. */
const NOTE_MS = 5_000;

/** What became of a session since the last look: what is to be told, and how far it was followed with that. */
export interface Looked {
  readonly occurrences: readonly Occurrence[];
  readonly followed: Followed;
  /** Whether nothing more comes of it until somebody runs it again. */
  readonly isOver: boolean;
}

/** A session that cannot be read. Whether it was ended in order, where its process is gone, stands in what cannot be read. */
export function unreadable(session: string, isGone: boolean, why: string): Omit<Occurrence, 'atMs'> {
  return {
    ...{ kinds: ['session'], severity: isGone ? 'page' : 'warn', session, strategy: null, instrument: null },
    what: isGone ? 'the session does not run, and cannot be read' : 'the session cannot be followed',
    text: why,
  };
}

/**
 * Follows the events of one session, as `events --follow` does: from its journal, whoever runs it. Where the process that looked was ended, the next one
 * goes on after the record that was noted with what was told, so that nothing is left out and nothing is told twice.
 */
export class FollowedEvents {
  readonly #known: KnownSession;
  readonly #world: World;
  #followed: Followed;
  #session: ReadSession | null = null;
  #taken = 0;
  #retryAtMs = Number.NEGATIVE_INFINITY;
  #noteAtMs = Number.NEGATIVE_INFINITY;

  constructor(known: KnownSession, followed: Followed, world: World) {
    this.#known = known;
    this.#followed = followed;
    this.#world = world;
  }

  /** Null where there is nothing to keep. */
  async look(): Promise<Looked | null> {
    const nowMs = this.#world.clock.elapsedMs();
    if (nowMs < this.#retryAtMs) return null;
    const { name } = this.#known;
    // Asked first: whoever does not run any more writes nothing that is not read below.
    let runs = await isRunning(name, this.#world);
    const wasRunning = this.#followed.isRunning;
    try {
      await this.#read();
    } catch (error) {
      this.#session = null;
      this.#retryAtMs = nowMs + AGAIN_MS;
      const { message } = failureOf(error);
      const { name: session, about } = this.#known;
      const problem = {
        ...unreadable(session, wasRunning && !runs, message),
        ...{ strategy: about.strategy, atMs: this.#world.clock.nowMs() },
      };
      // Whether it ran is kept, so that its end is told once it can be read.
      return { ...this.#looked([problem], this.#followed.record, runs || wasRunning), isOver: false };
    }
    const { core, replay } = this.#session!;
    const { state, seats } = core.engine;
    const names = seats.map((seat) => seat.strategy.def.id);
    const found: Occurrence[] = [];
    for (let seq = this.#taken; seq < state.log.count; seq++) {
      const occurrence = occurrenceOf(name, narrate(state, names, seq));
      const { createdAtMs } = this.#known.info;
      if (occurrence !== null) found.push({ ...occurrence, atMs: timeOfEvent(occurrence.atMs, createdAtMs) });
    }
    this.#taken = state.log.count;
    if (!runs && !core.isStopped && (wasRunning || replay.seq > this.#followed.record)) {
      // It may have begun, again, after it was asked.
      runs = await isRunning(name, this.#world);
      if (!runs)
        found.push(
          this.#about('page', 'the session ended by itself', 'Its process is gone, and nobody had ended the session.'),
        );
    }
    // Nothing more comes of it: what it holds is let go.
    if (!runs) this.#session = null;
    const isWorthNoting = nowMs >= this.#noteAtMs && replay.seq > this.#followed.record;
    if (runs && wasRunning && found.length === 0 && !isWorthNoting) return null;
    this.#noteAtMs = nowMs + NOTE_MS;
    return this.#looked(found, replay.seq, runs);
  }

  async #read(): Promise<void> {
    if (this.#session !== null) return this.#session.readOn();
    const { record } = this.#followed;
    let core: SessionCore | null = null;
    let told = 0;
    this.#session = await readSession(this.#known, this.#world, {
      prepare: (fresh) => {
        core = fresh;
      },
      goesOn: ({ seq }) => {
        if (seq <= record) told = core!.engine.state.log.count;
        return true;
      },
    });
    this.#taken = told;
  }

  #looked(occurrences: readonly Occurrence[], record: number, runs: boolean): Looked {
    this.#followed = { ...this.#followed, record, isRunning: runs };
    return { occurrences, followed: this.#followed, isOver: !runs };
  }

  #about(severity: Occurrence['severity'], what: string, text: string): Occurrence {
    const { name, about } = this.#known;
    return {
      ...{ kinds: ['session'], severity, what, text, session: name, strategy: about.strategy, instrument: null },
      atMs: this.#world.clock.nowMs(),
    };
  }
}
