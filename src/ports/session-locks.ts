/** The right to run a session; it ends with the process, however that ends. */
export interface SessionLock {
  /** Aborted where another has it meanwhile: its holder was silent for too long. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/**
 * Who runs a session, or a task of which an installation has one. A journal fences off whoever had a session before; this keeps it from coming to that.
 * Rejects with LeaseError (`ports/lease.ts`) where the place of the locks cannot be asked.
 */
export interface SessionLocks {
  /** Null while another process, or another part of this one, runs it. */
  take(session: string): Promise<SessionLock | null>;
  /** Whether somebody runs it now. */
  isHeld(session: string): Promise<boolean>;
}
