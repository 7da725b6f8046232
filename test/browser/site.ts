import { existsSync, readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { browserScripts, root } from './chromium.ts';

/** What a page found and told under `/found`. */
export interface Found {
  readonly error?: string;
  readonly stack?: string;
  readonly [name: string]: unknown;
}

/** One file of a site of a test's own. */
export interface SiteFile {
  readonly type: 'text/html' | 'text/javascript';
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Site {
  readonly port: number;
  readonly found: Promise<Found>;
  /** What was asked for and is not there. */
  readonly missing: string[];
  /** Connections of sockets, in the order in which they were made. */
  readonly upgraded: Duplex[];
  close(): Promise<void>;
}

/** Where scripts of the client find its packages. */
export const IMPORT_MAP = '{"imports":{"zod":"/zod/index.js","rfc6902":"/rfc6902.js"}}';

/** A package of CommonJS as one module, which is what a bundler would make of it. */
function commonJs(folder: string, names: readonly string[]): string {
  const files = ['util', 'pointer', 'diff', 'patch', 'index'].map(
    (name) =>
      `of[${JSON.stringify(`./${name}`)}] = (exports, require) => {${readFileSync(join(root, 'node_modules', folder, `${name}.js`), 'utf8')}\n};`,
  );
  return `const of = {}; const made = {};
const require = (name) => { if (!made[name]) of[name](made[name] = {}, require); return made[name]; };
${files.join('\n')}
export const { ${names.join(', ')} } = require('./index');`;
}

/**
 * A site with files of its own and the client's scripts, which passes what is asked of the API on to a server, as a proxy of a user's does. Null
 * for one that has nothing to do with a server.
 */
export async function openSite(serverPort: number | null, files: Readonly<Record<string, SiteFile>>): Promise<Site> {
  const found = Promise.withResolvers<Found>();
  const missing: string[] = [];
  const upgraded: Duplex[] = [];
  const sources =
    serverPort === null
      ? new Map<string, string>()
      : browserScripts('src/core/vocabulary/*.ts', 'src/core/report/*.ts', 'src/ports/*.ts', 'src/api/**/*.ts');
  if (serverPort !== null) sources.set('/rfc6902.js', commonJs('rfc6902', ['applyPatch', 'createPatch']));
  const site = createServer((asked, answer) => {
    const path = new URL(asked.url ?? '/', 'http://localhost').pathname;
    const script = sources.get(path);
    if (path.startsWith('/api/') && script === undefined && serverPort !== null) {
      const { method, headers, url } = asked;
      const passed = request({ port: serverPort, host: '127.0.0.1', method, path: url, headers }, (got) => {
        answer.writeHead(got.statusCode!, got.headers);
        got.pipe(answer);
      });
      asked.pipe(passed);
      return;
    }
    if (path === '/found') {
      let text = '';
      asked.on('data', (part) => {
        text += String(part);
      });
      asked.on('end', () => found.resolve(JSON.parse(text) as Found));
    }
    const file = files[path];
    const zod = path.startsWith('/zod/') && !path.includes('..') ? join(root, 'node_modules', path) : null;
    const body = file?.text ?? (zod !== null && existsSync(zod) ? readFileSync(zod) : script);
    if (body === undefined && path !== '/favicon.ico' && path !== '/found') missing.push(path);
    answer.writeHead(body === undefined && path !== '/found' ? 404 : 200, {
      'content-type': file?.type ?? 'text/javascript',
      ...file?.headers,
    });
    answer.end(body);
  });
  site.on('upgrade', ({ url, rawHeaders }, socket: Duplex) => {
    const to = connect(serverPort!, '127.0.0.1');
    const lines = rawHeaders.flatMap((name, k) => (k % 2 === 0 ? [`${name}: ${rawHeaders[k + 1]}`] : []));
    to.write(`GET ${url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    for (const [each, other] of [
      [socket, to],
      [to, socket],
    ] as const)
      each.on('error', () => {}).on('close', () => other.destroy());
    to.pipe(socket).pipe(to);
    upgraded.push(to);
  });
  await new Promise<void>((ready) => site.listen(0, '127.0.0.1', ready));
  return {
    ...{ port: (site.address() as AddressInfo).port, found: found.promise, missing, upgraded },
    async close() {
      site.closeAllConnections();
      await new Promise((closed) => site.close(closed));
    },
  };
}
