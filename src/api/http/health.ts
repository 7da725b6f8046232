import type { Clock } from '../../ports/clock.ts';

export interface ModuleHealth {
  readonly name: string;
  readonly status: 'ok' | 'failed';
  readonly latencyMs: number;
  readonly lastSuccess: string | null;
}

export interface HealthReport {
  readonly status: 'ready' | 'not-ready';
  readonly modules: readonly ModuleHealth[];
}

/** A part that is looked at: it answers, or it has failed. */
export interface Probe {
  readonly look: () => Promise<unknown>;
  /** Whether the server is not ready while it fails; else that is only told. */
  readonly decides: boolean;
}

export type Probes = Readonly<Record<string, Probe>>;

const LONGEST_MS = 2_000;
/** Probes are asked this often at most, however often the report is. */
const FRESH_MS = 1_000;

/** Looks at the parts that a server needs. */
export class Health {
  readonly #probes: Probes;
  readonly #clock: Clock;
  readonly #lastSuccess = new Map<string, string>();
  #report: Promise<HealthReport> | null = null;
  #atMs = Number.NEGATIVE_INFINITY;

  constructor(probes: Probes, clock: Clock) {
    this.#probes = probes;
    this.#clock = clock;
  }

  report(): Promise<HealthReport> {
    const nowMs = this.#clock.elapsedMs();
    if (this.#report === null || nowMs - this.#atMs >= FRESH_MS) {
      this.#atMs = nowMs;
      this.#report = this.#look();
    }
    return this.#report;
  }

  async #look(): Promise<HealthReport> {
    const modules = await Promise.all(Object.entries(this.#probes).map(([name, { look }]) => this.#ask(name, look)));
    const isReady = modules.every(({ name, status }) => status === 'ok' || !this.#probes[name]!.decides);
    return { status: isReady ? 'ready' : 'not-ready', modules };
  }

  /** What is wrong stands in no report that anybody may read: the status is enough for who decides where requests go. */
  async #ask(name: string, look: Probe['look']): Promise<ModuleHealth> {
    const beganMs = this.#clock.elapsedMs();
    const late = Promise.withResolvers<false>();
    const timer = this.#clock.after(LONGEST_MS, () => late.resolve(false));
    const isOk = await Promise.race([
      look().then(
        () => true,
        () => false,
      ),
      late.promise,
    ]);
    timer.cancel();
    if (isOk) this.#lastSuccess.set(name, new Date(this.#clock.nowMs()).toISOString());
    return {
      ...{ name, status: isOk ? 'ok' : 'failed', latencyMs: this.#clock.elapsedMs() - beganMs },
      lastSuccess: this.#lastSuccess.get(name) ?? null,
    };
  }
}
