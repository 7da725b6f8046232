import { hash, randomUUID } from 'node:crypto';
import type { Deployment, Trader } from '../../ports/deployments.ts';
import type { Log } from '../../ports/logs.ts';
import { FAILURES, type Failure } from '../failures.ts';
import type { World } from '../world.ts';
import { failureOf } from './failure-of.ts';
import { pause } from './pause.ts';

const LOOK_MS = 500;
/** After a session has failed it is tried again; each time it waits twice as long. */
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 60_000;
/** Who had it before is ending it, or its lease runs out: asked again soon, but each try is a thread and asks the venue. */
const FIRST_BUSY_MS = 500;
const LONGEST_BUSY_MS = 10_000;
const STOPPED = 'it was stopped';
const BUSY: readonly string[] = ['session-running', 'account-busy'];
/** The place of deployments cannot be asked for so long: sessions go on meanwhile, under leases of their own. */
const BLIND_AFTER_MS = 15_000;

interface Running {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
  /** Whether it has recovered and trades. */
  hasBegun: boolean;
}

/**
 * Keeps the sessions of deployments running that are this process's: each account belongs to one of the traders that are there, by rendezvous hashing, so
 * that a trader that comes or goes moves its share only. Where an account is another's, its session ends in order and the other goes on with it. That two
 * never trade one account is not decided here, but by its lease and by the fence of its journal.
 */
export class ServedSessions {
  readonly #world: World;
  readonly #log: Log;
  /** How long a session has for its end. */
  #graceMs: number;
  readonly #id = randomUUID();
  readonly #stop = new AbortController();
  readonly #running = new Map<string, Running>();
  readonly #retry = new Map<string, { waitMs: number; atMs: number; problem: string }>();
  #loop: Promise<void> = Promise.resolve();
  #mine: readonly Deployment[] = [];
  #seenAtMs: number;
  #hasLooked = false;

  constructor(world: World, log: Log, graceMs: number) {
    this.#world = world;
    this.#log = log;
    this.#graceMs = graceMs;
    this.#seenAtMs = world.clock.elapsedMs();
  }

  start(): void {
    this.#loop = this.#run();
  }

  /** Names of sessions that run here. */
  get sessions(): readonly string[] {
    return [...this.#running].filter(([, { hasBegun }]) => hasBegun).map(([name]) => name);
  }

  /** Rejects until all sessions of this process that trade with an account have recovered and run, and where one cannot. Play money takes no server away. */
  async probe(): Promise<void> {
    if (!this.#hasLooked) throw new Error('deployments were not read yet');
    if (this.#world.clock.elapsedMs() - this.#seenAtMs > BLIND_AFTER_MS) throw new Error('deployments cannot be read');
    for (const { session: name, operation } of this.#mine)
      if (operation === 'live' && this.#running.get(name)?.hasBegun !== true)
        throw new Error(`session ${name}: ${this.#retry.get(name)?.problem ?? 'recovering'}`);
  }

  /** Gives its accounts away and ends its sessions in order, all within `longestMs`; what does not end by then is cut off with its thread. */
  async close(longestMs: number): Promise<void> {
    this.#stop.abort();
    this.#graceMs = Math.min(this.#graceMs, longestMs);
    const late = Promise.withResolvers<void>();
    const timer = this.#world.clock.after(longestMs, () => late.resolve());
    // The others begin to take over while its sessions end.
    const left = this.#loop.then(() =>
      this.#world
        .deployments()
        .then((places) => places.leave(this.#id))
        .catch(() => undefined),
    );
    await Promise.race([
      Promise.all([left, ...[...this.#running.values()].map((each) => this.#end(each))]),
      late.promise,
    ]);
    timer.cancel();
  }

  async #run(): Promise<void> {
    const { clock } = this.#world;
    const stop = this.#stop.signal;
    while (!stop.aborted) {
      try {
        await this.#look();
        this.#seenAtMs = clock.elapsedMs();
        this.#hasLooked = true;
      } catch (error) {
        // Sessions go on: what they may do is told by their own leases and latches.
        this.#log.write('error', 'deployments-unread', { problem: failureOf(error).message });
      }
      await pause(clock, LOOK_MS, stop);
    }
  }

  async #look(): Promise<void> {
    const places = await this.#world.deployments();
    const holder = this.#world.processName;
    const [traders, all] = [await places.present({ id: this.#id, holder }), await places.all()];
    if (this.#stop.signal.aborted) return;
    const mine = all.filter(({ account }) => ownerOf(account, traders)?.id === this.#id);
    this.#mine = mine;
    const names = new Set(mine.map(({ session }) => session));
    for (const name of this.#retry.keys()) if (!names.has(name)) this.#retry.delete(name);
    for (const [name, running] of this.#running)
      if (!names.has(name) && !running.stop.signal.aborted) {
        this.#log.write('info', 'session-given-away', { session: name });
        void this.#end(running);
      }
    for (const deployment of mine)
      if (!this.#running.has(deployment.session) && this.#isDue(deployment.session)) this.#begin(deployment);
  }

  #isDue(session: string): boolean {
    return this.#world.clock.elapsedMs() >= (this.#retry.get(session)?.atMs ?? 0);
  }

  #begin(deployment: Deployment): void {
    const stop = new AbortController();
    const running: Running = { stop, hasBegun: false, ended: this.#trade(deployment, stop.signal, () => running) };
    this.#running.set(deployment.session, running);
  }

  /** Never rejects. */
  async #trade(deployment: Deployment, stop: AbortSignal, running: () => Running): Promise<void> {
    const { session, operation, input } = deployment;
    try {
      await this.#world.isolate(operation, input, {
        ...{ actor: this.#world.actor, stop, graceMs: () => this.#graceMs, isKept: true, progress() {} },
        warn: ({ code, message }) =>
          this.#log.write('warn', 'session-warned', { session, reason: code, text: message }),
        update: () => {
          if (running().hasBegun) return;
          running().hasBegun = true;
          const hasFailed = this.#retry.delete(session);
          if (hasFailed || deployment.problem !== null) void this.#tell(session, null);
          this.#log.write('info', 'session-begun', { session });
        },
      });
      this.#log.write('info', 'session-ended', { session });
      if (stop.aborted) return;
      // Somebody has stopped it by command. Play money ends with that; who deployed an account has to take it back.
      if (operation === 'paper') await (await this.#world.deployments()).remove(session);
      else {
        await this.#tell(session, STOPPED);
        this.#wait(session, STOPPED, FIRST_RETRY_MS);
      }
    } catch (error) {
      const failure = failureOf(error);
      const { code } = failure;
      const message = problemOf(failure);
      // Said once, however often it is tried.
      const isNews = this.#retry.get(session)?.problem !== message;
      // That somebody else runs it is no reason why it would not run.
      if (isNews && code !== 'session-running' && !stop.aborted) await this.#tell(session, message);
      if (BUSY.includes(code)) {
        if (isNews) this.#log.write('info', 'session-awaited', { session, reason: code, problem: message });
        this.#wait(session, message, FIRST_BUSY_MS, LONGEST_BUSY_MS);
      } else if (!stop.aborted) {
        this.#log.write('error', 'session-failed', { session, reason: code, problem: message });
        this.#wait(session, message, FIRST_RETRY_MS);
      }
    } finally {
      this.#running.delete(session);
    }
  }

  #wait(session: string, problem: string, firstMs: number, longestMs = LONGEST_RETRY_MS): void {
    const beforeMs = this.#retry.get(session)?.waitMs ?? 0;
    const waitMs = Math.min(longestMs, Math.max(firstMs, 2 * beforeMs));
    this.#retry.set(session, { waitMs, atMs: this.#world.clock.elapsedMs() + waitMs, problem });
  }

  /** For who looks at the deployment. Never rejects: where it cannot be told, it is in the log. */
  async #tell(session: string, problem: string | null): Promise<void> {
    try {
      await (await this.#world.deployments()).tell(session, problem);
    } catch {
      // That the place of deployments cannot be used is told by who looks for them.
    }
  }

  async #end(running: Running): Promise<void> {
    running.stop.abort();
    await running.ended;
  }
}

/** Whose an account is: the trader with the highest hash of both (rendezvous hashing, Thaler and Ravishankar 1996). */
export function ownerOf(account: string, traders: readonly Trader[]): Trader | null {
  let best: { readonly trader: Trader; readonly weight: string } | null = null;
  for (const trader of traders) {
    const weight = hash('sha256', `${trader.id} ${account}`);
    if (best === null || weight > best.weight) best = { trader, weight };
  }
  return best?.trader ?? null;
}

/** What is wrong, with the way out where this failure has one of its own: nobody stands beside it to be told more. */
function problemOf({ code, message, hint }: Failure): string {
  return hint === FAILURES[code].hint ? message : `${message.replace(/\.$/, '')}. ${hint}`;
}
