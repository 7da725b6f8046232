import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failureOf } from '../src/api/handlers/failure-of.ts';
import { execute } from '../src/api/handlers/handlers.ts';
import { openServer } from '../src/api/http/server.ts';
import type { Server } from '../src/api/http/server-options.ts';
import type { World } from '../src/api/world.ts';
import { compose } from '../src/compose.ts';
import { readConfig } from '../src/config.ts';

export interface ServedScene {
  readonly server: Server;
  readonly world: World;
  /** Its home. */
  readonly home: string;
  close(): Promise<void>;
}

/** A server on a home of its own, whose limits nothing here reaches. */
export async function openServed(more: Partial<World> = {}): Promise<ServedScene> {
  const home = mkdtempSync(join(tmpdir(), 'tradewright-bench-'));
  const world = { ...compose(readConfig({ home }, {}, home)), ...more };
  const server = await openServer({
    ...{ host: '127.0.0.1', port: 0, tls: null, isBehindProxy: false, hosts: ['127.0.0.1'], allowsLocal: true },
    ...{
      rate: 1e7,
      quota: 1e7,
      world,
      clock: world.clock,
      execute,
      failureOf,
      probes: {},
      busFigures: () => ({ isUp: true, behindEvents: 0 }),
    },
    onDefect(error) {
      throw error;
    },
  });
  return {
    ...{ server, world, home },
    async close() {
      await server.close(1_000);
      await world.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
