import type { Json } from '../core/vocabulary/json.ts';
import type { TimeMs } from '../core/vocabulary/time.ts';

/** A session with an account that is to be kept running by whoever has its account. */
export interface Deployment {
  readonly session: string;
  /** Id of its account: no two deployments have the same. */
  readonly account: string;
  /** What people call the account; accounts of two venues may have the same. */
  readonly label: string;
  /** What `live` is given. It holds no secret. */
  readonly input: Readonly<Record<string, Json>>;
  readonly actor: string;
  readonly atMs: TimeMs;
}

/** A process that keeps sessions running. */
export interface Trader {
  readonly id: string;
  /** The process, as `processIdentity` names it. */
  readonly holder: string;
}

/** What is to run, and who is there to run it. Several programs use it at once. Rejects with LatchError (`ports/latches.ts`). */
export interface Deployments {
  /** By session. */
  all(): Promise<readonly Deployment[]>;
  /** False where there is one of its session or its account. */
  add(deployment: Omit<Deployment, 'atMs'>): Promise<boolean>;
  /** False where there is none. */
  remove(session: string): Promise<boolean>;
  /** Says that a trader is there, and answers all that are; who has not said so for ten seconds, or is certainly gone, is not. */
  present(trader: Trader): Promise<readonly Trader[]>;
  traders(): Promise<readonly Trader[]>;
  /** Says that a trader takes no more part. */
  leave(id: string): Promise<void>;
}
