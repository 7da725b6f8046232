import type { Alert, Due } from '../core/alerts/desk.ts';
import type { AlertRule } from '../core/alerts/rule.ts';
import type { TimeMs } from '../core/vocabulary/time.ts';
import type { Channel } from './notifier.ts';

/** A channel that is kept. `secretId`: its connection in the vault; null for none. */
export interface KeptChannel extends Channel {
  readonly secretId: string | null;
  readonly createdAtMs: TimeMs;
  /** When the secret was last put in; null for none. */
  readonly secretChangedAtMs: TimeMs | null;
  /** Whether secrets of before are valid, too. */
  readonly hasFormerSecret: boolean;
}

export interface KeptAlert extends Alert {
  readonly id: number;
  readonly acknowledgedBy: string | null;
}

export type DeliveryState = 'pending' | 'delivered' | 'dead';

/** One attempt to deliver. */
export interface Attempt {
  readonly atMs: TimeMs;
  readonly elapsedMs: number;
  readonly outcome: 'delivered' | 'retry' | 'failed';
  readonly reason: string;
}

/** One message for one channel, with all that was tried. `id` is what receivers know it by. */
export interface Delivery {
  readonly id: string;
  readonly seq: number;
  readonly alert: number;
  readonly channel: string;
  readonly step: number;
  readonly state: DeliveryState;
  readonly createdAtMs: TimeMs;
  /** When it is tried next; when it ended, of one that has. */
  readonly dueMs: TimeMs;
  readonly attempts: readonly Attempt[];
}

/** How far a session was followed: its journal by the time it began, the last record that was looked at, whether it ran then. */
export interface Followed {
  readonly session: string;
  readonly begunAtMs: TimeMs;
  readonly record: number;
  readonly isRunning: boolean;
}

/** What is decided in one go: whole, or not at all. */
export interface AlertLedger {
  /** The newest alert of a rule's key. */
  newest(key: string): Promise<KeptAlert | null>;
  /** Keeps a new alert with what is due of it. */
  raise(alert: Alert, due: readonly Due[]): Promise<number>;
  /** Keeps what has changed of one, and what is due of it. An acknowledgement that came meanwhile stays. */
  change(id: number, alert: Alert, due: readonly Due[]): Promise<void>;
  follow(followed: Followed): Promise<void>;
}

/** Channels, rules, alerts and deliveries of a home; several programs may use it at once. Rejects with LatchError (`ports/latches.ts`). */
export interface AlertStore {
  channels(): Promise<readonly KeptChannel[]>;
  /** False where there is one of that name. */
  addChannel(channel: KeptChannel): Promise<boolean>;
  /** Notes that the secret of a channel is another one. */
  secretChanged(name: string, change: Pick<KeptChannel, 'secretChangedAtMs' | 'hasFormerSecret'>): Promise<void>;
  removeChannel(name: string): Promise<boolean>;
  rules(): Promise<readonly AlertRule[]>;
  /** False where there is one of that name. */
  addRule(rule: AlertRule): Promise<boolean>;
  removeRule(name: string): Promise<boolean>;
  /** When rules were first evaluated here: nobody is told of what was before. */
  begun(): Promise<TimeMs>;
  followed(): Promise<readonly Followed[]>;
  /** `work` waits for nothing but the ledger. */
  decide(work: (ledger: AlertLedger) => Promise<void>): Promise<void>;
  /** Newest first. */
  alerts(which: { readonly onlyOpen: boolean; readonly most: number }): Promise<readonly KeptAlert[]>;
  /** Open alerts that may be escalated by now. */
  escalating(nowMs: TimeMs): Promise<readonly KeptAlert[]>;
  alert(id: number): Promise<KeptAlert | null>;
  /** Null where there is no such alert. One that is acknowledged stays as it is. */
  acknowledge(id: number, by: string): Promise<KeptAlert | null>;
  /** Newest first. */
  deliveries(which: {
    readonly state?: DeliveryState | undefined;
    readonly alert?: number | undefined;
    readonly channel?: string | undefined;
    readonly most: number;
  }): Promise<readonly Delivery[]>;
  /** Those that are to be tried by now, the longest due first; of each channel at most so many, so that one that fails keeps nobody else waiting. */
  due(nowMs: TimeMs, most: number): Promise<readonly Delivery[]>;
  /** How many wait for an attempt, and how many were given up. */
  counts(): Promise<Readonly<Record<DeliveryState, number>>>;
  noteAttempt(delivery: Delivery, attempt: Attempt, state: DeliveryState, dueMs: TimeMs): Promise<void>;
  /** Tries one that was given up again. False where it was not. */
  revive(id: string): Promise<boolean>;
  /** Forgets alerts, with their deliveries, that ended before. */
  forget(beforeMs: TimeMs): Promise<void>;
}
