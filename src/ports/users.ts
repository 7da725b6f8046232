import type { TimeMs } from '../core/vocabulary/time.ts';

/** Somebody who may sign in at a server. The password is nowhere: only a slow hash of it is kept. */
export interface User {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdAtMs: TimeMs;
  readonly passwordChangedAtMs: TimeMs;
  /** Null before the first time. */
  readonly signedInAtMs: TimeMs | null;
}

/** A browser in which a user is signed in. Its id is nowhere: only a hash of it is kept. */
export interface SignIn {
  readonly idHash: string;
  readonly user: string;
  readonly scopes: readonly string[];
  readonly startedAtMs: TimeMs;
  /** To the minute. */
  readonly usedAtMs: TimeMs;
  /** When the password was last given. */
  readonly provenAtMs: TimeMs;
  /** When this was read. All times are by the clock of the place, so that servers whose clocks differ agree. */
  readonly seenAtMs: TimeMs;
}

/** Users of a server and where they are signed in. Several programs may use one place at once. Rejects with LatchError (`ports/latches.ts`). */
export interface Users {
  /** Null where there is one of this name. */
  add(user: Pick<User, 'name' | 'scopes'>, passwordHash: string): Promise<User | null>;
  /** By name. */
  list(): Promise<readonly User[]>;
  find(name: string): Promise<{ readonly user: User; readonly passwordHash: string } | null>;
  /** Ends every sign-in of the user, as {@link setScopes} and {@link remove} do. Null where there is none. */
  setPassword(name: string, passwordHash: string): Promise<User | null>;
  setScopes(name: string, scopes: readonly string[]): Promise<User | null>;
  remove(name: string): Promise<User | null>;
  /** Answers false where the password is not this one any more. Sign-ins that are older than `longestMs`, and all but the newest few, are forgotten. */
  signIn(name: string, idHash: string, passwordHash: string, longestMs: number): Promise<boolean>;
  /** As it stands now; null where there is none. */
  signedIn(idHash: string): Promise<SignIn | null>;
  /** Noted to the minute. */
  used(signIn: SignIn): Promise<void>;
  /** The password was given again. */
  proven(idHash: string): Promise<void>;
  signOut(idHash: string): Promise<void>;
}
