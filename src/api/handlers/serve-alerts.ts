import type { AlertRunUpdate } from '../operations/alerts.ts';
import type { World } from '../world.ts';
import { failureOf } from './failure-of.ts';
import { pause } from './pause.ts';

/** After an end that nobody asked for, and while another program does it. */
const AGAIN_MS = 10_000;
/** Between two looks for a first rule. */
const LOOK_MS = 1_000;
/** The thread takes a while to begin, and tells how it does every two seconds. */
const SILENT_MS = 60_000;

/**
 * The evaluator of alerts of a server, in a thread of its own that begins with the first rule: it replays journals, for which nobody who asks the server shall wait. Where another
 * program of the home evaluates, this one stands by.
 */
export class ServedAlerts {
  readonly #world: World;
  readonly #stop = new AbortController();
  readonly #tell: (problem: string) => void;
  readonly #running: Promise<void>;
  #heardMs: number;
  #problem: string | null = null;

  constructor(world: World, tell: (problem: string) => void) {
    this.#world = world;
    this.#tell = tell;
    this.#heardMs = world.clock.elapsedMs();
    this.#running = this.#run();
  }

  /** Rejects where alerts are not evaluated, or have been in trouble since the last look. */
  async probe(): Promise<void> {
    if (this.#problem !== null) throw new Error(this.#problem);
    if (this.#world.clock.elapsedMs() - this.#heardMs > SILENT_MS) throw new Error('the evaluator is silent');
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock } = this.#world;
    const stop = this.#stop.signal;
    while (!stop.aborted) {
      if (!(await this.#isAsked())) {
        await pause(clock, LOOK_MS, stop);
        continue;
      }
      try {
        await this.#world.isolate(
          'alert-run',
          {},
          {
            ...{ actor: this.#world.actor, progress() {}, warn() {}, stop },
            update: (update) => this.#heard((update as AlertRunUpdate).problems),
          },
        );
      } catch (error) {
        const { code, message } = failureOf(error);
        if (stop.aborted) return;
        this.#heard(code === 'alerts-running' ? [] : [message]);
      }
      await pause(clock, AGAIN_MS, stop);
    }
  }

  /** Whether there is anything to evaluate, or was: a thread that only waits costs the memory of a program. */
  async #isAsked(): Promise<boolean> {
    try {
      const store = await this.#world.alerts();
      const [rules, followed] = await Promise.all([store.rules(), store.followed()]);
      if (rules.length > 0 || followed.length > 0) return true;
      this.#heard([]);
    } catch (error) {
      this.#heard([failureOf(error).message]);
    }
    return false;
  }

  #heard(problems: readonly string[]): void {
    this.#heardMs = this.#world.clock.elapsedMs();
    const [problem = null] = problems;
    // Said once, until it is another.
    if (problem !== null && problem !== this.#problem) this.#tell(problem);
    this.#problem = problem;
  }
}
