/** A strategy file as loaded: its default export is not yet known to be a strategy. */
export interface LoadedFile {
  readonly path: string;
  readonly exported: unknown;
  /** SHA-256 over the file and every file of the user's that it imports. */
  readonly codeHash: string;
  /** Modules of Node that these files import and that reach beyond the run, such as `node:fs`; sorted. */
  readonly outside: readonly string[];
}

/** Why a strategy file cannot be loaded. `line` and `column` count from 1. */
export class StrategyFileError extends Error {
  override readonly name = 'StrategyFileError';
  readonly kind: 'not-found' | 'syntax' | 'import' | 'forbidden' | 'threw';
  readonly file: string;
  readonly line: number | null;
  readonly hint: string;

  constructor(
    kind: StrategyFileError['kind'],
    file: string,
    line: number | null,
    message: string,
    hint: string,
    options?: ErrorOptions,
  ) {
    super(`${file}${line === null ? '' : `:${line}`}: ${message}`, options);
    this.kind = kind;
    this.file = file;
    this.line = line;
    this.hint = hint;
  }
}

/** Use of something that would make a run unrepeatable: the clock, chance, the network. */
export class ForbiddenError extends Error {
  override readonly name = 'ForbiddenError';
  /** What was used: `Date.now()`. */
  readonly used: string;
  /** What to use instead. */
  readonly instead: string;

  constructor(used: string, instead: string) {
    super(`${used} is not available to strategies: ${instead}`);
    this.used = used;
    this.instead = instead;
  }
}

/** Loads the user's own strategy code and runs it where clock, chance and network throw. */
export interface StrategyFiles {
  /** Loads a file, again only where it or what it imports has changed since. Throws {@link StrategyFileError}. */
  load(path: string): Promise<LoadedFile>;
  /** Keeps the text of a file as it was loaded, and of what it imports, under its hash: so sessions can be read when it has changed or is gone. */
  keep(loaded: Pick<LoadedFile, 'path' | 'codeHash'>): void;
  /** The code of this hash as it was kept; null where it was not. Throws {@link StrategyFileError}. */
  loadKept(codeHash: string): Promise<LoadedFile | null>;
  /** Runs `body` with the clock, chance, timers and the network taken away from everybody in this thread. */
  sealed<T>(body: () => T): T;
  /**
   * One turn of the event loop, for what handlers began and did not wait for. Answers what code of the user's threw in it, outside of any call: as a
   * promise that nobody waits for.
   */
  turn(): Promise<readonly unknown[]>;
  /** Tells from now on what code of the user's throws outside of any call, which ends nothing. Answers how to hear no more. */
  hear(listener: (thrown: unknown) => void): () => void;
  /** First place in a file of the user's that an error's stack names. */
  placeOf(error: unknown): { readonly file: string; readonly line: number } | null;
}
