import type { Json } from '../core/vocabulary/json.ts';
import type { TimeMs } from '../core/vocabulary/time.ts';

/** A session that is to be kept running by whoever has its account. */
export interface Deployment {
  readonly session: string;
  /** Which operation runs it: `live` trades with an account, `paper` with play money. */
  readonly operation: 'live' | 'paper';
  /** Id of its account, of a paper session as latches call it: no two deployments have the same. */
  readonly account: string;
  /** What people call the account; accounts of two venues may have the same. Of a paper session its name. */
  readonly label: string;
  /** What the operation is given. It holds no secret. */
  readonly input: Readonly<Record<string, Json>>;
  readonly actor: string;
  readonly atMs: TimeMs;
  /** Why it does not run, as who has it found when it tried last; null while nothing is known against it. */
  readonly problem: string | null;
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
  add(deployment: Omit<Deployment, 'atMs' | 'problem'>): Promise<boolean>;
  /** Says why it does not run; null where it does. */
  tell(session: string, problem: string | null): Promise<void>;
  /** False where there is none. */
  remove(session: string): Promise<boolean>;
  /** Says that a trader is there, and answers all that are; who has not said so for ten seconds, or is certainly gone, is not. */
  present(trader: Trader): Promise<readonly Trader[]>;
  traders(): Promise<readonly Trader[]>;
  /** Says that a trader takes no more part. */
  leave(id: string): Promise<void>;
}
