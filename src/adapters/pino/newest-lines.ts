import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LOG_LEVELS, type LogQuery, type ReadLogLine } from '../../ports/logs.ts';

/** Of one file so much is looked at, from its end: older lines are for programs that read files. */
const MOST_BYTES = 2 << 20;
/** Files that are looked at, those that were written last. */
const MOST_FILES = 20;
const FILE = /^(.+)\.\d+\.log$/;
const OWN = ['level', 'time', 'module', 'what'];

/** The newest lines of all logs of a folder that a query wants, the oldest of them first. What is no line of a log is left out. */
export async function newestLines(folder: string, query: LogQuery): Promise<readonly ReadLogLine[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    // Nothing was logged yet.
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const files = await Promise.all(
    names
      .filter((name) => FILE.test(name))
      .map(async (name) => {
        const path = join(folder, name);
        return { path, log: FILE.exec(name)![1]!, writtenMs: (await stat(path)).mtimeMs };
      }),
  );
  const newest = files.sort((a, b) => b.writtenMs - a.writtenMs).slice(0, MOST_FILES);
  const lines: ReadLogLine[] = [];
  for (const { path, log } of newest) {
    const found = (await endOf(path)).split('\n').flatMap((text) => lineOf(text, log) ?? []);
    lines.push(...found.filter((line) => isWanted(line, query)).slice(-query.limit));
  }
  return lines.sort((a, b) => a.time.localeCompare(b.time)).slice(-query.limit);
}

async function endOf(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const length = Math.min(size, MOST_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

function lineOf(text: string, log: string): ReadLogLine | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The first one may be cut, the last one be half written.
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { level, time, module, what, ...rest } = value as Readonly<Record<string, unknown>>;
  const known = LOG_LEVELS.find((each) => each === level);
  if (known === undefined || typeof time !== 'string' || typeof module !== 'string' || typeof what !== 'string')
    return null;
  const fields = Object.entries(rest).filter(
    ([name, each]) => !OWN.includes(name) && (each === null || ['string', 'number', 'boolean'].includes(typeof each)),
  );
  return { log, level: known, time, module, what, fields: Object.fromEntries(fields) as ReadLogLine['fields'] };
}

function isWanted(line: ReadLogLine, { level, module, session, text }: LogQuery): boolean {
  return (
    LOG_LEVELS.indexOf(line.level) >= LOG_LEVELS.indexOf(level) &&
    (module === null || line.module === module) &&
    (session === null || line.fields['session'] === session) &&
    (text === null || `${line.what} ${JSON.stringify(line.fields)}`.toLowerCase().includes(text.toLowerCase()))
  );
}
