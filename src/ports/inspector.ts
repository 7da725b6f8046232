/** What a type check of a file said. */
export interface TypeVerdict {
  /** `absent`: there is no TypeScript compiler to ask. */
  readonly status: 'passed' | 'failed' | 'absent';
  /** The first complaint, with file and line; empty where there is none. */
  readonly complaint: string;
}

/** Looks at a strategy from outside this process. */
export interface Inspector {
  /** Runs the command line in a process of its own, in another time zone, and answers what it printed. `stop` ends it. */
  runAlone(args: readonly string[], stop: AbortSignal): Promise<string>;
  /** Type-checks a strategy file against this installation. `stop` ends the compiler. */
  checkTypes(path: string, stop: AbortSignal): Promise<TypeVerdict>;
}
