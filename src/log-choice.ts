import { absoluteHome, type Config } from './config.ts';
import type { Log, Logs, OpenLog } from './ports/logs.ts';

const SILENT: OpenLog = { write() {}, of: (): Log => SILENT, close: async () => {} };

/** Logs as the environment sets them: nowhere, to standard error, or into files that follow one another. */
export function logsOf(config: Config, resolve: (path: string) => string): Logs {
  const { to, level, size } = config.log;
  const folderOf = (): string | null =>
    to === null || to === 'stderr' ? null : to === 'home' ? `${absoluteHome(config)}/logs` : resolve(to);
  return {
    isSet: to !== null,
    async newest(query) {
      const folder = folderOf();
      if (folder === null) return { folder, lines: [] };
      const { newestLines } = await import('./adapters/pino/newest-lines.ts');
      return { folder, lines: [...(await newestLines(folder, query))] };
    },
    async open(name, bound = {}, toStderr = false) {
      if (to === null && !toStderr) return SILENT;
      const { openLog } = await import('./adapters/pino/logs.ts');
      return openLog(name, bound, { level, folder: toStderr ? null : folderOf(), size });
    },
  };
}
