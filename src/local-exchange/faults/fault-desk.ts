import { Random } from '../../core/vocabulary/random.ts';
import type { TimeMs } from '../../core/vocabulary/time.ts';
import type { ExchangeClock } from '../clock.ts';
import { type FaultName, type FaultSetting, type FaultSubject, faultRow } from './table.ts';

/** A fault that struck; the list of them is how a test or a person finds out what was done. */
export interface Strike {
  readonly fault: FaultName;
  readonly atMs: TimeMs;
  readonly subject: FaultSubject;
}

interface Armed {
  readonly setting: FaultSetting;
  left: number;
}

interface Lasting {
  readonly setting: FaultSetting;
  readonly end: () => void;
}

/** Strikes kept; older ones are forgotten. */
const LONGEST_LOG = 10_000;

/**
 * Decides what goes wrong. Each setting draws from a stream of chance of its own, so that adding a fault does not move the others: the
 * same seed and the same occasions give the same strikes. A test injects: the next matching occasions are then struck for certain.
 */
export class FaultDesk {
  readonly strikes: Strike[] = [];
  readonly #clock: ExchangeClock;
  readonly #settings: readonly { readonly setting: FaultSetting; readonly random: Random }[];
  readonly #armed: Armed[] = [];
  readonly #lasting: Lasting[] = [];
  readonly #begun = new Map<FaultName, ((setting: FaultSetting) => void)[]>();

  constructor(clock: ExchangeClock, settings: readonly FaultSetting[], seed: number) {
    this.#clock = clock;
    for (const setting of settings) check(setting);
    this.#settings = settings.map((setting, i) => {
      const earlier = settings.slice(0, i).filter((s) => s.fault === setting.fault).length;
      return { setting, random: new Random(seed ^ streamOf(setting.fault, earlier)) };
    });
    for (const { setting, random } of this.#settings) {
      if (setting.everyMs !== undefined) this.#schedule(setting, setting.everyMs, random);
    }
  }

  /** Told when a fault of time begins. */
  onBegin(fault: FaultName, told: (setting: FaultSetting) => void): void {
    this.#begun.set(fault, [...(this.#begun.get(fault) ?? []), told]);
  }

  /** Strikes the next `times` matching occasions; a fault of time begins at once. */
  inject(setting: FaultSetting, times = 1): void {
    check(setting);
    if (faultRow(setting.fault).occasion === 'time') this.#begin(setting);
    else this.#armed.push({ setting, left: times });
  }

  /** Ends what lasts and disarms what was injected; settings with a chance go on. */
  clear(fault?: FaultName): void {
    const isMeant = (setting: FaultSetting): boolean => fault === undefined || setting.fault === fault;
    for (let i = this.#armed.length - 1; i >= 0; i--) if (isMeant(this.#armed[i]!.setting)) this.#armed.splice(i, 1);
    for (const lasting of [...this.#lasting]) if (isMeant(lasting.setting)) lasting.end();
  }

  /** The setting by which this occasion is struck, or null. Draws once per setting that could strike it. */
  decide(fault: FaultName, subject: FaultSubject): FaultSetting | null {
    let struck: FaultSetting | null = null;
    for (const { setting, random } of this.#settings) {
      if (setting.fault !== fault || setting.chance === undefined || !matches(setting.only, subject)) continue;
      if (random.uniform() < setting.chance) struck ??= setting;
    }
    const at = this.#armed.findIndex((a) => a.setting.fault === fault && matches(a.setting.only, subject));
    if (at >= 0) {
      const armed = this.#armed[at]!;
      struck = armed.setting;
      if (--armed.left === 0) this.#armed.splice(at, 1);
    }
    if (struck) this.#log(fault, subject);
    return struck;
  }

  /** The setting of a fault of time that is on for this subject, or null. */
  lasting(fault: FaultName, subject: FaultSubject): FaultSetting | null {
    for (const { setting } of this.#lasting)
      if (setting.fault === fault && matches(setting.only, subject)) return setting;
    return null;
  }

  /** Whether nothing can strike at all: the short way for whoever decides often. */
  get isIdle(): boolean {
    return this.#settings.length === 0 && this.#armed.length === 0 && this.#lasting.length === 0;
  }

  #begin(setting: FaultSetting): void {
    const lasting: Lasting = {
      setting,
      end: () => {
        const at = this.#lasting.indexOf(lasting);
        if (at >= 0) this.#lasting.splice(at, 1);
      },
    };
    this.#lasting.push(lasting);
    this.#log(setting.fault, setting.only ?? {});
    if (setting.forMs !== undefined) this.#clock.at(this.#clock.nowMs() + setting.forMs, lasting.end);
    for (const told of this.#begun.get(setting.fault) ?? []) told(setting);
    if (isMoment(setting)) lasting.end();
  }

  /** Between half and one and a half times the mean pause. */
  #schedule(setting: FaultSetting, everyMs: number, random: Random): void {
    const pause = Math.max(1, Math.round(everyMs * (0.5 + random.uniform())));
    this.#clock.at(this.#clock.nowMs() + pause, () => {
      this.#begin(setting);
      this.#schedule(setting, everyMs, random);
    });
  }

  #log(fault: FaultName, subject: FaultSubject): void {
    if (this.strikes.length >= LONGEST_LOG) this.strikes.splice(0, LONGEST_LOG / 2);
    this.strikes.push({ fault, atMs: this.#clock.nowMs(), subject });
  }
}

/** Faults of time that are over as soon as they have begun. */
function isMoment({ fault, forMs }: FaultSetting): boolean {
  return fault === 'listen-key-expired' || (fault === 'connections-dropped' && forMs === undefined);
}

function check(setting: FaultSetting): void {
  const row = faultRow(setting.fault);
  const { chance, everyMs } = setting;
  if (chance !== undefined && !(chance >= 0 && chance <= 1))
    throw new RangeError(`fault ${setting.fault}: expected a chance from 0 to 1, found ${chance}`);
  if (everyMs !== undefined && !(everyMs > 0))
    throw new RangeError(`fault ${setting.fault}: expected a positive everyMs, found ${everyMs}`);
  if (row.occasion === 'time' ? chance !== undefined : everyMs !== undefined)
    throw new RangeError(
      `fault ${setting.fault} is decided by ${row.occasion}: it takes ${row.occasion === 'time' ? 'everyMs, not chance' : 'chance, not everyMs'}`,
    );
}

function matches(only: FaultSubject | undefined, subject: FaultSubject): boolean {
  if (only === undefined) return true;
  for (const key of Object.keys(only) as (keyof FaultSubject)[])
    if (only[key] !== undefined && only[key] !== subject[key]) return false;
  return true;
}

/** FNV-1a of the name, so that a fault's stream depends on what it is and on its place among its like. */
function streamOf(name: string, index: number): number {
  let hash = 0x811c9dc5;
  for (const char of `${name}/${index}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  return hash >>> 0;
}
