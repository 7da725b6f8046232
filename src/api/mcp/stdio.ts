import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import type { Failure } from '../failures.ts';
import { Once } from '../http/once.ts';
import { type Execute, Serving } from '../http/serving.ts';
import type { World } from '../world.ts';
import type { McpDesk } from './call-tool.ts';
import { orUnavailable } from './load-sdk.ts';
import { openMcpServer } from './mcp-server.ts';
import { type McpTier, scopesOf } from './tiers.ts';

/** What is under way when the client has said its last word may still be answered for so long; one that does not want to wait sends SIGTERM. */
const LAST_ANSWERS_MS = 10_000;

export interface StdioOptions {
  readonly world: World;
  readonly tier: McpTier;
  readonly execute: Execute;
  readonly failureOf: (error: unknown) => Failure;
  readonly onDefect: (error: unknown, correlation: string) => void;
  /** Aborted when the conversation is to end from this side. */
  readonly stop: AbortSignal;
}

/** Speaks with the program that has started this one, over standard input and output, until that hangs up. Deeds are finished first. */
export async function serveStdio(options: StdioOptions): Promise<void> {
  const { world, execute, failureOf, onDefect, stop } = options;
  const { StdioServerTransport } = await orUnavailable(import('@modelcontextprotocol/sdk/server/stdio.js'));
  const once = new Once(await world.requests(), world.clock);
  const desk: McpDesk = { world, serving: new Serving(world, execute), once, failureOf, onDefect };
  const client = { name: 'agent', scopes: scopesOf(options.tier) };
  const session = randomUUID();
  const hungUp = new AbortController();
  const calls = new Set<Promise<unknown>>();
  const server = await openMcpServer(
    desk,
    () => ({ client, session, correlation: randomUUID(), hungUp: hungUp.signal }),
    calls,
  );
  const output = reserveOutput();
  const ended = Promise.withResolvers<void>();
  const end = (): void => ended.resolve();
  process.stdin.once('end', end).once('close', end);
  output.once('error', end);
  stop.addEventListener('abort', end, { once: true });
  if (stop.aborted) end();
  await server.connect(new StdioServerTransport(process.stdin, output));
  await ended.promise;
  if (!stop.aborted && !output.destroyed) {
    const late = Promise.withResolvers<void>();
    const timer = world.clock.after(LAST_ANSWERS_MS, () => late.resolve());
    stop.addEventListener('abort', () => late.resolve(), { once: true });
    await Promise.race([Promise.allSettled([...calls]), late.promise]);
    timer.cancel();
    // What is answered just now is written a moment later.
    await new Promise((resolve) => void setImmediate(resolve));
  }
  once.end();
  hungUp.abort();
  await server.close();
  await Promise.allSettled([...calls]);
  await once.settled();
}

/** Standard output for the protocol alone: whatever else is printed from now on goes to standard error. */
function reserveOutput(): Writable {
  const { stdout, stderr } = process;
  const write = stdout.write.bind(stdout);
  stdout.write = stderr.write.bind(stderr);
  const output = new Writable({ write: (chunk: Buffer, _encoding, done) => void write(chunk, (error) => done(error)) });
  stdout.once('error', (error) => output.destroy(error));
  return output;
}
