import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failureOf } from '../../src/api/handlers/failure-of.ts';
import { Once } from '../../src/api/http/once.ts';
import { type Execute, Serving } from '../../src/api/http/serving.ts';
import type { McpDesk } from '../../src/api/mcp/call-tool.ts';
import type { World } from '../../src/api/world.ts';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';
import type { Json } from '../../src/core/vocabulary/json.ts';

/** A home with real journals and locks, in which whatever is allowed is noted instead of carried out. */
export interface McpScene {
  readonly world: World;
  readonly desk: McpDesk;
  /** Ids of what got so far. */
  readonly carriedOut: string[];
  readonly defects: unknown[];
  /** A session that runs, with this account; `undefined` for paper. */
  addSession(session: string, account: Json | undefined): Promise<void>;
  close(): Promise<void>;
}

/** Begins a session's journal and takes its lock, as whoever runs it does. Answers how to let go of both. */
export async function beginSession(
  world: World,
  session: string,
  account: Json | undefined,
): Promise<() => Promise<void>> {
  const about = {
    ...{ schema: 'tradewright.session/1', strategyName: 'sma-cross', strategy: 'sma-cross', codeHash: 'c1' },
    ...{ venue: 'binance', drivenBy: 'bars', desk: {}, params: {} },
    feeds: [{ instrument: { id: 'BINANCE:BTCUSDT' }, timeframe: '1h' }],
    ...(account === undefined ? {} : { account }),
  };
  const journal = await (await world.journals()).open(session, { about: about as unknown as Json });
  await journal.commit([{ kind: 'note', atMs: world.clock.nowMs(), payload: { type: 'started', version: '0' } }]);
  const lock = await (await world.sessionLocks()).take(session);
  if (lock === null) throw new Error(`session ${session} runs already`);
  return async () => {
    await lock.release();
    await journal.close();
  };
}

export async function openMcpScene(): Promise<McpScene> {
  const home = mkdtempSync(join(tmpdir(), 'tradewright-mcp-'));
  const carriedOut: string[] = [];
  const note = async (id: string): Promise<unknown> => {
    carriedOut.push(id);
    return {};
  };
  const world: World = { ...compose(readConfig({ home }, {}, home)), isolate: note };
  const defects: unknown[] = [];
  const desk: McpDesk = {
    world,
    serving: new Serving(world, note as Execute),
    once: new Once(await world.requests(), world.clock),
    failureOf,
    onDefect: (error) => void defects.push(error),
  };
  const ends: (() => Promise<void>)[] = [];
  return {
    ...{ world, desk, carriedOut, defects },
    async addSession(session, account) {
      ends.push(await beginSession(world, session, account));
    },
    async close() {
      for (const end of ends) await end();
      await world.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
