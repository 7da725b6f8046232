import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { DataFileError, type DataFileErrorCode } from '../../core/market/data-file-error.ts';
import type { FeedSink } from '../../ports/market-feed.ts';
import type { RecordedSubscription, Recording, Recordings } from '../../ports/recording.ts';
import { FileRecorder } from './recorder.ts';
import { RowReader, SCHEMA } from './row.ts';

/** Recordings on this machine's disk. */
export const recordings: Recordings = {
  create: async (path, startedAtMs) => new FileRecorder(path, startedAtMs),
  async open(path) {
    for await (const line of linesOf(path)) return new FileRecording(path, headerOf(path, line));
    throw wrong(path, 1, 'file-empty', 'nothing', `a first line with schema ${SCHEMA}`);
  },
};

function wrong(file: string, line: number, code: DataFileErrorCode, found: string, expected: string): DataFileError {
  return new DataFileError({ code, file, line, found, expected, hint: 'Record it again with watch --record.' });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function headerOf(path: string, line: string): number {
  const header = parsed(line) as { schema?: unknown; startedAtMs?: unknown } | undefined;
  if (header?.schema === SCHEMA && typeof header.startedAtMs === 'number') return header.startedAtMs;
  throw wrong(path, 1, 'format-unsupported', JSON.stringify(line.slice(0, 60)), `schema ${SCHEMA}`);
}

class FileRecording implements Recording {
  readonly startedAtMs: number;
  readonly #path: string;

  constructor(path: string, startedAtMs: number) {
    this.#path = path;
    this.startedAtMs = startedAtMs;
  }

  async play(sink: FeedSink, subscribed: (subscription: RecordedSubscription) => void): Promise<number> {
    let count = 0;
    for await (const _ of this.rows(sink, subscribed)) count++;
    return count;
  }

  async *rows(sink: FeedSink, subscribed: (subscription: RecordedSubscription) => void): AsyncIterable<number> {
    const reader = new RowReader();
    let line = 0;
    // What was cut off, by a crash or a full disk, is the last line and nothing else.
    let pending: { readonly text: string; readonly line: number } | null = null;
    for await (const text of linesOf(this.#path)) {
      if (pending) throw this.#odd(pending.line, pending.text);
      if (++line === 1) continue;
      const row = parsed(text);
      if (row === undefined) {
        pending = { text, line };
        continue;
      }
      const receivedMs = reader.give(row, sink, subscribed);
      if (receivedMs === null) throw this.#odd(line, text);
      if ((row as unknown[])[0] !== 'sub') yield receivedMs;
    }
  }

  #odd(line: number, text: string): DataFileError {
    return wrong(this.#path, line, 'file-damaged', JSON.stringify(text.slice(0, 60)), 'a row of a recording');
  }
}

async function* linesOf(path: string): AsyncIterable<string> {
  const file = createReadStream(path);
  const input = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  // A pipe does not pass failures on.
  file.on('error', (error) => input.destroy(error));
  // Whoever reads is told by the lines themselves; who has left before the end, as for the first line alone, is not to be told.
  input.on('error', () => {});
  try {
    yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw wrong(path, 1, 'file-not-found', 'no such file', 'a recording');
    // The end of a zipped recording that was cut off: everything before it has been read.
    if (code !== 'Z_BUF_ERROR') throw error;
  } finally {
    file.destroy();
  }
}
