export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * What a line may hold beside time, level, module and what happened. Anything else is left out, so that nothing gets into a log because an object
 * happened to have it.
 */
export const LOG_FIELDS = [
  ...['correlation', 'session', 'strategy', 'venue', 'symbol', 'method', 'route', 'status', 'elapsedMs', 'client'],
  ...['rule', 'alert', 'channel', 'event', 'seq', 'text', 'state', 'ageMs', 'gaps', 'reason', 'problem', 'fault'],
  ...['url', 'version', 'resumed', 'job', 'operation', 'attempt', 'schedule'],
] as const;
export type LogFields = { readonly [K in (typeof LOG_FIELDS)[number]]?: string | number | boolean | null };

/** Lines of one part of a program. */
export interface Log {
  /** `what`: a constant phrase, so that lines can be counted by it. */
  write(level: LogLevel, what: string, fields?: LogFields): void;
  /** The same log for another module. */
  of(module: string): Log;
}

/** A log of one process or session that is open. */
export interface OpenLog extends Log {
  /** Writes what is left. */
  close(): Promise<void>;
}

/** Which lines are wanted; null for any. */
export interface LogQuery {
  readonly level: LogLevel;
  readonly module: string | null;
  readonly session: string | null;
  /** Part of what happened or of a field, in any case. */
  readonly text: string | null;
  readonly limit: number;
}

/** A line as it stands in a file. */
export interface ReadLogLine {
  /** Name of its log. */
  readonly log: string;
  readonly level: LogLevel;
  /** RFC 3339. */
  readonly time: string;
  readonly module: string;
  readonly what: string;
  readonly fields: Readonly<Record<string, string | number | boolean | null>>;
}

/** Where the logs of an installation go, by its settings. */
export interface Logs {
  /** Whether they go anywhere. */
  readonly isSet: boolean;
  /** The newest lines, the oldest of them first. `folder`: null where they go into no files. */
  newest(query: LogQuery): Promise<{ readonly folder: string | null; readonly lines: ReadLogLine[] }>;
  /** `name`: of the file, where logs go into files. `toStderr`: goes there whatever is set. `bound`: stands on every line. */
  open(name: string, bound?: LogFields, toStderr?: boolean): Promise<OpenLog>;
}
