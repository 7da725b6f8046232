import { initialScripts } from '../desk/initial-js.ts';
import type { BenchRow } from '../row.ts';

/** What the desk needs before it shows its first page: all scripts that its page names, compressed. */
export const row: BenchRow = {
  name: 'desk-initial-js',
  unit: 'kB gzip',
  target: 300,
  async measure() {
    await import('../../scripts/build-desk.ts');
    const scripts = initialScripts();
    const sum = (of: 'bytes' | 'gzip'): number => scripts.reduce((all, each) => all + each[of], 0) / 1_000;
    return { value: sum('gzip'), note: `${scripts.length} files, ${sum('bytes').toFixed()} kB as they are` };
  },
};
