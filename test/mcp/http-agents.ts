import assert from 'node:assert/strict';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { ServerOptions } from '../../src/api/http/server-options.ts';
import { openScene, type ServerScene } from '../server/server-scene.ts';

export type Told = { content: { text: string }[]; isError?: boolean; structuredContent?: Record<string, unknown> };

/** The protocol's own client, over real sockets. */
export async function connect(to: ServerScene, authorization?: string) {
  const headers = authorization === undefined ? {} : { authorization };
  const transport = new StreamableHTTPClientTransport(new URL(`${to.url}/mcp`), { requestInit: { headers } });
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(transport as never);
  ends.push(() => client.close());
  // As a client does that validates answers by the schemas it was told.
  const { tools } = await client.listTools();
  const call = async (name: string, given: object = {}, options: object = {}): Promise<Told> =>
    (await client.callTool({ name, arguments: { ...given } }, undefined, options)) as Told;
  return { client, transport, tools, names: tools.map((tool) => tool.name), call };
}

/** Those of tests that failed are closed, too. */
const ends: (() => Promise<unknown>)[] = [];
/** Closes everything that the tests of a file have opened. */
export const closeAll = (): Promise<unknown> => Promise.allSettled(ends.map((end) => end()));

export async function opened(options: Partial<ServerOptions> = {}): Promise<ServerScene> {
  const made = await openScene(options);
  ends.push(() => made.close());
  return made;
}

export const problem = ({ isError, content }: Told): { code: string; detail: string; hint: string } => {
  assert.equal(isError, true);
  return JSON.parse(content[1]!.text);
};

/** A server whose operations wait until they are told to stop, or are let go. */
export async function openWaiting(options: Partial<ServerOptions> = {}) {
  const begun = Promise.withResolvers<void>();
  const stopped = Promise.withResolvers<void>();
  const letGo = Promise.withResolvers<void>();
  const actors: string[] = [];
  let calls = 0;
  const waiting = await opened({
    mcpTier: 'paper',
    async execute(_id, _given, world, { stop }) {
      calls++;
      actors.push(world.actor);
      begun.resolve();
      stop.addEventListener('abort', () => stopped.resolve(), { once: true });
      if (stop.aborted) stopped.resolve();
      await Promise.race([stopped.promise, letGo.promise]);
      return { series: [] };
    },
    ...options,
  });
  return {
    scene: waiting,
    begun: begun.promise,
    stopped: stopped.promise,
    letGo: letGo.resolve,
    actors,
    calls: () => calls,
  };
}
