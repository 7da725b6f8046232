import { randomUUID } from 'node:crypto';
import type { DestinationStream, Logger } from 'pino';
import { LOG_FIELDS, type Log, type LogFields, type LogLevel, type OpenLog } from '../../ports/logs.ts';

/** Files of one log: the one that is written, and those before it. */
const OLD_FILES = 4;
const MOST_TEXT = 4_000;
const FIELDS: ReadonlySet<string> = new Set(LOG_FIELDS);
/** Keys of ours and of others, wherever a text holds them. */
const SECRETS = /tw_[0-9a-f]{8}_[\w-]{43}|whsec_[A-Za-z0-9+/]+=*|\b(?:Bearer|Basic)\s+[^\s"']+/gi;

export interface LogSetting {
  readonly level: LogLevel;
  /** Folder of the files; null for standard error. */
  readonly folder: string | null;
  /** A file is followed by the next one at this size, as `10m`. */
  readonly size: string;
}

/** A log of lines of JSON. Every line has a correlation id: of a request, else of the process. */
export async function openLog(name: string, bound: LogFields, setting: LogSetting): Promise<OpenLog> {
  const { pino, stdTimeFunctions } = await import('pino');
  const { stream, close } = setting.folder === null ? stderr(pino.destination) : await rolling(name, setting);
  const options = {
    ...{ level: setting.level, base: null, timestamp: stdTimeFunctions.isoTime, messageKey: 'what' },
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const root = pino(options, stream);
  const whole = { correlation: randomUUID(), ...fit(bound) };
  return { ...logOf(root, 'main', whole), close };
}

function logOf(logger: Logger, module: string, bound: LogFields): Log {
  return {
    write: (level, what, fields = {}) => logger[level]({ module, ...bound, ...fit(fields) }, what),
    of: (other) => logOf(logger, other, bound),
  };
}

/** What is on the list, short and without secrets. */
function fit(fields: LogFields): LogFields {
  const fitting: Record<string, string | number | boolean | null> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (!FIELDS.has(name)) continue;
    if (typeof value === 'string') fitting[name] = value.slice(0, MOST_TEXT).replace(SECRETS, '[secret]');
    else if (value === null || typeof value === 'number' || typeof value === 'boolean') fitting[name] = value;
  }
  return fitting;
}

type Target = { readonly stream: DestinationStream; readonly close: () => Promise<void> };

function stderr(destination: typeof import('pino').destination): Target {
  return { stream: destination({ dest: 2, sync: true }), close: async () => {} };
}

async function rolling(name: string, { folder, size }: LogSetting): Promise<Target> {
  const { default: roll } = await import('pino-roll');
  const stream = await roll({
    ...{ file: `${folder}/${name}.log`, size, mkdir: true, mode: 0o600 },
    limit: { count: OLD_FILES, removeOtherLogFiles: true },
  });
  // A full disk must not end what is logged.
  stream.on('error', () => {});
  return {
    stream,
    close: () =>
      new Promise((resolve) => {
        stream.once('close', resolve);
        stream.end();
      }),
  };
}
