import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../../disk/atomic-write.ts';
import { makeFolder } from '../../disk/make-folder.ts';
import type { RunRecord, RunRegistry } from '../../ports/registry.ts';
import { numberOfRunId, runId, runNumber } from './run-id.ts';

const FORMAT = 'tradewright.run/1';

/** Runs as files, `<home>/runs/<id>.json`. Several processes may use one home: an id belongs to whoever made its file first. */
export function openRunRegistry(homePath: string, nowMs: () => number): RunRegistry {
  const folder = join(homePath, 'runs');
  const fileOf = (id: string): string => join(folder, `${id}.json`);
  const text = (record: RunRecord): string => `${JSON.stringify({ format: FORMAT, ...record }, null, 2)}\n`;

  function ids(): readonly string[] {
    try {
      return readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .map((name) => name.slice(0, -5))
        .filter((id) => numberOfRunId(id) !== null)
        .sort((a, b) => numberOfRunId(b)! - numberOfRunId(a)!);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }

  function read(id: string): RunRecord | null {
    if (numberOfRunId(id) === null) return null;
    try {
      const { format, ...record } = JSON.parse(readFileSync(fileOf(id), 'utf8'));
      return format === FORMAT ? record : null;
    } catch (error) {
      // A file that another process is about to write, or that somebody damaged, is no run.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return null;
      throw error;
    }
  }

  const list = (): readonly RunRecord[] => ids().flatMap((id) => read(id) ?? []);

  return {
    begin(draft) {
      makeFolder(folder);
      const newest = ids()[0];
      let number = Math.max(runNumber(nowMs()), newest === undefined ? 0 : numberOfRunId(newest)! + 1);
      for (;;) {
        const record: RunRecord = {
          id: runId('bt', number),
          status: 'started',
          metrics: {},
          hashes: {},
          reports: {},
          sharpePerPeriod: null,
          failure: null,
          ...draft,
        };
        try {
          writeFileSync(fileOf(record.id), text(record), { flag: 'wx' });
          return record;
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
          number++;
        }
      }
    },
    save: (record) => writeWhole(fileOf(record.id), text(record)),
    get: read,
    list,
    tries(strategyIds, dataHashes, request) {
      const key = (words: readonly string[]): string => words.toSorted().join();
      const sharpeOf = new Map<string, number | null>([[request, null]]);
      for (const run of list()) {
        if (key(run.data.map(({ hash }) => hash)) !== key(dataHashes)) continue;
        // By their own ids: another name is no other strategy.
        if (key(run.strategies.map(({ id, of }) => of ?? id)) !== key(strategyIds)) continue;
        sharpeOf.set(run.request, sharpeOf.get(run.request) ?? run.sharpePerPeriod);
      }
      const count = sharpeOf.size;
      sharpeOf.delete(request);
      return { count, otherSharpes: [...sharpeOf.values()].filter((ratio) => ratio !== null) };
    },
  };
}
