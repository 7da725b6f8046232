import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failureOf } from '../../src/api/handlers/failure-of.ts';
import { execute } from '../../src/api/handlers/handlers.ts';
import { makeKey } from '../../src/api/http/access.ts';
import { openServer } from '../../src/api/http/server.ts';
import type { Server, ServerOptions } from '../../src/api/http/server-options.ts';
import type { World } from '../../src/api/world.ts';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: each answer its own
  readonly body: any;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | object;
  /** Each part of the answer, as it comes. */
  readonly heard?: (part: string) => void;
}

/** A server on a home of its own, over real sockets. */
export interface ServerScene {
  readonly home: string;
  readonly world: World;
  readonly server: Server;
  readonly url: string;
  /** What nobody foresaw. */
  readonly defects: unknown[];
  ask(path: string, ask?: Ask): Promise<Answer>;
  command(
    path: string,
    body: object,
    key: string,
    headers?: Readonly<Record<string, string>>,
    method?: string,
  ): Promise<Answer>;
  /** Makes a key and answers the header that gives it. */
  key(scopes: readonly string[], more?: { expiresAtMs?: number; addresses?: readonly string[] }): Promise<string>;
  close(): Promise<void>;
}

const PLENTY = 100_000;

export async function openScene(options: Partial<ServerOptions> = {}, home?: string): Promise<ServerScene> {
  const place = home ?? mkdtempSync(join(tmpdir(), 'tradewright-server-'));
  const world = options.world ?? compose(readConfig({ home: place }, {}, place));
  const defects: unknown[] = [];
  const server = await openServer({
    ...{ host: '127.0.0.1', port: 0, tls: null, isBehindProxy: false, hosts: null, allowsLocal: true },
    ...{ rate: PLENTY, quota: PLENTY, clock: world.clock, execute, failureOf, probes: {} },
    busFigures: () => ({ isUp: true, behindEvents: 0 }),
    onDefect: (error) => void defects.push(error),
    ...options,
    world,
  });
  const scene: ServerScene = {
    ...{ home: place, world, server, url: `http://127.0.0.1:${server.port}`, defects },
    ask: (path, { method = 'GET', headers = {}, body, heard } = {}) =>
      new Promise((resolve, reject) => {
        const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
        const asked = request(
          {
            port: server.port,
            host: '127.0.0.1',
            path,
            method,
            // Node sends none by itself with some methods.
            headers: text === undefined ? headers : { 'content-length': String(Buffer.byteLength(text)), ...headers },
            agent: false,
            timeout: 20_000,
          },
          (response) => {
            const parts: Buffer[] = [];
            response.on('data', (part: Buffer) => {
              parts.push(part);
              heard?.(part.toString());
            });
            response.on('error', reject);
            response.on('end', () => {
              const told = Buffer.concat(parts).toString();
              const isJson = String(response.headers['content-type']).includes('json;');
              const isOne = isJson && !String(response.headers['content-type']).includes('ndjson');
              resolve({
                ...{ status: response.statusCode!, headers: response.headers, text: told },
                body: isOne ? JSON.parse(told) : null,
              });
            });
          },
        );
        asked.on('error', reject);
        asked.on('timeout', () => asked.destroy(new Error(`no answer to ${method} ${path}`)));
        asked.end(text);
      }),
    command: (path, body, key, headers = {}, method = 'POST') =>
      scene.ask(path, {
        ...{ method, body },
        headers: { 'content-type': 'application/json', 'idempotency-key': key, ...headers },
      }),
    async key(scopes, { expiresAtMs, addresses = [] } = {}) {
      const { id, text, secretHash } = makeKey();
      const keys = await world.apiKeys();
      await keys.add({ id, label: 'test', scopes, addresses, expiresAtMs: expiresAtMs ?? null }, secretHash);
      return `Bearer ${text}`;
    },
    async close() {
      await server.close(1_000);
      if (options.world === undefined) await world.close();
      if (home === undefined) rmSync(place, { recursive: true, force: true });
    },
  };
  return scene;
}
