/** The right to run a session; it ends with the process, however that ends. */
export interface SessionLock {
  release(): void;
}

/** Who runs a session on this machine. A journal fences off whoever had it before; this keeps it from coming to that. */
export interface SessionLocks {
  /** Null while another process, or another part of this one, runs the session. */
  take(session: string): SessionLock | null;
}
