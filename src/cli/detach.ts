import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Failure, type FailureDocument } from '../api/failures.ts';
import { operationOf } from '../api/operations/table.ts';
import { absoluteHome, readConfig } from '../config.ts';
import type { Parsed } from './parse.ts';
import type { Style } from './style.ts';

/** How long a beginning may take: a history to fetch, a journal to take again, a lease to wait for. */
const LONGEST_BEGINNING_MS = 120_000;
const LOOK_MS = 100;

interface Line {
  readonly ok?: boolean;
  readonly session?: string;
  readonly error?: FailureDocument;
}

/**
 * Starts the same command line as a process of its own that outlives this one, and answers what to tell once it has said its first word. What
 * it says goes to a file under home, an object a line. Rejects with the {@link Failure} of a beginning that failed.
 */
export async function startDetached({ id, globals }: Parsed, argv: readonly string[], style: Style): Promise<string> {
  if (operationOf(id).kind !== 'stream')
    throw new Failure('input-invalid', `--detach: ${operationOf(id).name} ends by itself`, {
      details: { field: 'detach' },
    });
  const folder = join(absoluteHome(readConfig(globals)), 'logs');
  mkdirSync(folder, { recursive: true });
  const stamp = new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  const log = join(folder, `${operationOf(id).name.replaceAll(' ', '-')}-${stamp}-${process.pid}.jsonl`);
  const words = [...argv.filter((word) => word !== '--detach' && word !== '--json'), '--json'];
  const file = openSync(log, 'a', 0o600);
  // Nobody can be asked there: what must be confirmed or unlocked comes by flags and files.
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1]!, ...words], {
    detached: true,
    stdio: ['ignore', file, file],
  });
  closeSync(file);
  let exit: number | null | undefined;
  child.on('exit', (code) => {
    exit = code;
  });
  child.on('error', () => {
    exit = null;
  });
  const endMs = performance.now() + LONGEST_BEGINNING_MS;
  while (performance.now() < endMs) {
    const first = firstLine(log);
    if (first?.error)
      throw new Failure(first.error.code, first.error.message, {
        hint: first.error.hint,
        details: first.error.details,
      });
    if (first !== null) {
      child.unref();
      const { session } = first;
      if (globals.json)
        return `${JSON.stringify({ detached: true, session: session ?? null, process: child.pid, log })}\n`;
      const stop = session === undefined ? `kill ${child.pid}` : `tradewright stop ${session}`;
      return ` ${style.bold(session ?? operationOf(id).name)} goes on in the background, process ${child.pid}\n ${style.dim('says')}      ${log}\n ${style.dim('ends with')} ${stop}\n`;
    }
    if (exit !== undefined) break;
    await pause(LOOK_MS);
  }
  child.unref();
  throw new Failure(
    'unexpected',
    exit === undefined ? `it has said nothing for ${LONGEST_BEGINNING_MS / 1000} s` : `it ended with ${exit}`,
    {
      hint: `Read ${log}.`,
      details: { log },
    },
  );
}

/** The first whole object; null before there is one. */
function firstLine(path: string): Line | null {
  for (const line of readFileSync(path, 'utf8').split('\n').slice(0, -1))
    if (line.startsWith('{"schema"')) return JSON.parse(line) as Line;
  return null;
}
