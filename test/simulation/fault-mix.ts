import type { Chance } from './chance.ts';

/** What becomes of a request that would change something. */
export const SEND_FAULTS = [
  'no-connection',
  'lost-on-the-way',
  'late-arrival',
  'worked-at-for-long',
  'answer-lost',
  'reset-after',
  'late-answer',
  'unavailable-before',
  'unavailable-after',
  'timeout-code-before',
  'timeout-code-after',
  'unreadable-after',
  'rate-limited',
  'banned',
] as const;
export type SendFault = (typeof SEND_FAULTS)[number];

/** What becomes of a question. */
export const READ_FAULTS = [
  'no-connection',
  'answer-lost',
  'reset-after',
  'late-answer',
  'unavailable',
  'unreadable',
  'rate-limited',
  'lagging',
] as const;
export type ReadFault = (typeof READ_FAULTS)[number];

/** What becomes of an event of the account stream. */
export const STREAM_FAULTS = ['lost', 'duplicated', 'late', 'stalled', 'reset', 'ended', 'malformed'] as const;
export type StreamFault = (typeof STREAM_FAULTS)[number];

/** What becomes of a batch on its way to the disk. */
export const DISK_FAULTS = ['failed-before', 'failed-after', 'full', 'slow'] as const;
export type DiskFault = (typeof DISK_FAULTS)[number];

export const LEASE_FAULTS = ['failed-before', 'failed-after', 'slow'] as const;
export type LeaseFault = (typeof LEASE_FAULTS)[number];

/** How often each fault strikes, by boundary, as a probability for each thing that passes it. */
export interface FaultMix {
  readonly product: 'spot' | 'usdm';
  readonly send: ReadonlyMap<SendFault, number>;
  readonly read: ReadonlyMap<ReadFault, number>;
  readonly stream: ReadonlyMap<StreamFault, number>;
  readonly disk: ReadonlyMap<DiskFault, number>;
  readonly lease: ReadonlyMap<LeaseFault, number>;
  /** Chance, for each life of the process, of its death at a drawn crossing. */
  readonly deaths: number;
  /** Chance, for each bar, that the process is paused, that a second one is started, and that the clock of its machine is set. */
  readonly pauses: number;
  readonly secondStarts: number;
  readonly clockSteps: number;
  /** Chance, for each bar, of a time in which the venue hears everything and nothing comes back from it. */
  readonly deafness: number;
  /** Chance, for each bar, that a person gives a command, and that somebody else trades on the account. */
  readonly commands: number;
  readonly strangers: number;
  readonly foreign: 'leave' | 'cancel';
  /** How long lookups and lists may lag behind, ms. */
  readonly longestLagMs: number;
  /** Whether it is known that a dead process is dead, as on one machine. */
  readonly knowsDead: boolean;
  /** A funding time lies within the run. */
  readonly nearFunding: boolean;
}

/** Each seed has a mixture of its own: some faults often, some seldom, others never. */
function rates<F extends string>(
  kinds: readonly F[],
  chance: Chance,
  most: number,
  isOn = 0.45,
): ReadonlyMap<F, number> {
  const mix = new Map<F, number>();
  for (const kind of kinds) {
    const isUsed = chance.is(isOn);
    const rate = chance.pick([0.15, 0.4, 1]) * most;
    if (isUsed) mix.set(kind, rate);
  }
  return mix;
}

export function drawMix(chance: Chance): FaultMix {
  const isCalm = chance.is(0.08);
  const often = (probability: number, most: number): number =>
    chance.is(probability) && !isCalm ? chance.between(0.1, 1) * most : 0;
  const scale = isCalm ? 0 : 1;
  return {
    product: chance.is(0.5) ? 'spot' : 'usdm',
    send: rates(SEND_FAULTS, chance, 0.12 * scale),
    read: rates(READ_FAULTS, chance, 0.05 * scale),
    stream: rates(STREAM_FAULTS, chance, 0.1 * scale),
    disk: rates(DISK_FAULTS, chance, 0.008 * scale, 0.3),
    lease: rates(LEASE_FAULTS, chance, 0.05 * scale, 0.25),
    deaths: often(0.6, 1),
    pauses: often(0.3, 0.08),
    secondStarts: often(0.3, 0.1),
    clockSteps: often(0.3, 0.05),
    deafness: often(0.4, 0.12),
    commands: often(0.5, 0.3),
    strangers: often(0.2, 0.1),
    foreign: chance.is(0.5) ? 'leave' : 'cancel',
    longestLagMs: chance.pick([2_000, 30_000, 60_000]),
    knowsDead: chance.is(0.5),
    nearFunding: chance.is(0.3),
  };
}

/** The fault that strikes now, if any. */
export function strike<F extends string>(mix: ReadonlyMap<F, number>, chance: Chance): F | null {
  let left = chance.random.uniform();
  for (const [fault, rate] of mix) {
    left -= rate;
    if (left < 0) return fault;
  }
  return null;
}
