import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Mutant } from './bug-zoo.ts';
import { BUG_ZOO } from './bug-zoo.ts';

const CHILD = join(import.meta.dirname, 'mutant-child.ts');

export interface Hunt {
  readonly mutant: Mutant;
  /** Seed that caught it, and by what; null where it survived. */
  readonly caught: { readonly seed: number; readonly violation: string } | null;
  readonly ms: number;
}

/** Runs worlds with a bug in the code, in a process of its own. Rejects where the bug does not fit the code any more. */
export async function hunt(mutant: Mutant, first: number, count: number): Promise<Hunt> {
  const began = performance.now();
  const child = spawn(process.execPath, [CHILD, String(BUG_ZOO.indexOf(mutant)), String(first), String(count)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let failed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    failed += text;
  });
  await once(child, 'close');
  const found = /^caught (\d+): (.*)$/m.exec(said);
  if (found === null && !said.includes('survived')) throw new Error(`${mutant.name}: ${said}${failed.slice(-2_000)}`);
  return {
    mutant,
    caught: found === null ? null : { seed: Number(found[1]), violation: found[2]! },
    ms: performance.now() - began,
  };
}
