import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { makeFolder } from '../../disk/make-folder.ts';
import type { Host } from '../../ports/host.ts';
import { guardMemory } from './memory-guard.ts';

function isWritable(folder: string): boolean {
  const probe = join(folder, `.probe-${process.pid}`);
  try {
    makeFolder(folder);
    writeFileSync(probe, '');
    rmSync(probe);
    return true;
  } catch {
    return false;
  }
}

/** Free bytes where `folder` is, or would be. */
function freeBytes(folder: string): number | null {
  for (let at = folder; ; at = dirname(at)) {
    try {
      const { bavail, bsize } = statfsSync(at);
      return bavail * bsize;
    } catch {
      if (dirname(at) === at) return null;
    }
  }
}

/** The machine this runs on. `expectBars`: how the process prepares for a run over so many. */
export function thisHost(expectBars: (count: number) => void = () => {}): Host {
  // Kept from before strategy code runs, when the clock is taken away from this thread.
  const now = Date.now.bind(Date);
  const elapsed = performance.now.bind(performance);
  return {
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    nowMs: now,
    elapsedMs: elapsed,
    guardMemory,
    expectBars,
    facts: (homePath) => ({
      cores: availableParallelism(),
      memoryBytes: totalmem(),
      freeMemoryBytes: freemem(),
      freeDiskBytes: freeBytes(homePath),
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      homeWritable: isWritable(homePath),
    }),
  };
}
