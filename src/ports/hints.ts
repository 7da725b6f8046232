/**
 * Short words among the threads and processes of one installation, so that who waits for something looks sooner than it would have. A hint may be
 * lost, or come twice: nobody may depend on one, and whoever waits looks by itself from time to time.
 */
export interface Hints {
  /** To everybody who listens, here and elsewhere. Never throws, waits for nothing. */
  tell(hint: string): void;
  /** Until what it answers is called. */
  listen(listener: (hint: string) => void): () => void;
  close(): Promise<void>;
}
