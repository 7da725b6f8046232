import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { Measurement } from '../row.ts';
import { inBrowser } from './browser.ts';

const WEB = join(import.meta.dirname, '../../web');
const BUILT = join(import.meta.dirname, '../../build/desk-scenes');
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
};

/** Parts of the desk alone on a page, built as the desk is and handed out on a port of their own. */
export async function openScenes(): Promise<{ readonly url: string; close(): void }> {
  const { build } = await import('vite');
  await build({
    configFile: join(WEB, 'vite.config.ts'),
    build: { outDir: BUILT, rollupOptions: { input: join(WEB, 'bench/index.html') } },
    logLevel: 'error',
  });
  const site = createServer((asked, answer) => {
    const { pathname } = new URL(asked.url ?? '/', 'http://localhost');
    const file = pathname === '/' ? '/bench/index.html' : pathname;
    readFile(join(BUILT, file)).then(
      (body) => answer.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'text/plain' }).end(body),
      () => answer.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => void site.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(site.address() as AddressInfo).port}/`,
    close() {
      site.closeAllConnections();
      site.close();
    },
  };
}

/** Measures parts of the desk on a page of their own; no value where no browser is installed. */
export function onScenes(body: (page: Page, browser: Browser) => Promise<Measurement>): Promise<Measurement> {
  return inBrowser(async (browser) => {
    const scenes = await openScenes();
    try {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      await page.goto(scenes.url);
      return await body(page, browser);
    } finally {
      scenes.close();
    }
  });
}
