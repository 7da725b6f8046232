import { absoluteHome, type Config } from './config.ts';
import type { Log, Logs, OpenLog } from './ports/logs.ts';

const SILENT: OpenLog = { write() {}, of: (): Log => SILENT, close: async () => {} };

/** Logs as the environment sets them: nowhere, to standard error, or into files that follow one another. */
export function logsOf(config: Config, resolve: (path: string) => string): Logs {
  const { to, level, size } = config.log;
  return {
    isSet: to !== null,
    async open(name, bound = {}, toStderr = false) {
      if (to === null && !toStderr) return SILENT;
      const { openLog } = await import('./adapters/pino/logs.ts');
      const folder = toStderr || to === 'stderr' ? null : to === 'home' ? `${absoluteHome(config)}/logs` : resolve(to!);
      return openLog(name, bound, { level, folder, size });
    },
  };
}
