import { existsSync } from 'node:fs';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { ROOT, type RunningScene, Scene } from '../e2e/command-line.ts';
import { freePort } from '../servers/free-port.ts';

export const CHROMIUM = '/usr/bin/chromium';

/** Why the desk cannot be looked at here; false where it can. */
export const DESK_SKIP: string | false = existsSync(CHROMIUM) ? false : `chromium absent: ${CHROMIUM}`;

/** Longest that a page may take to show something on a machine that is busy otherwise. */
export const PATIENCE_MS = 60_000;

interface Opening {
  readonly width?: number;
  readonly theme?: 'dark' | 'light';
  /** Where the browser is; else where the machine is. */
  readonly timeZone?: string;
  /** Comes between the page and the server, before the page is loaded. */
  readonly prepare?: (page: Page) => Promise<unknown>;
}

export interface Desk {
  readonly url: string;
  /** Where the server keeps what it has. */
  readonly home: string;
  /** The paper session of the demonstration. */
  readonly session: string;
  /** A page of its own browser profile, at an address of the desk. */
  open(path?: string, options?: Opening): Promise<Page>;
  /** Carries a command out over HTTP. */
  command(path: string, input: object): Promise<{ readonly status: number; readonly body: unknown }>;
  /** A command line in the folder of the server. */
  run(command: CommandLine): Promise<void>;
  /** Ends the server as a crash would. */
  crash(): Promise<void>;
  /** Starts it again at the same address. */
  restart(): Promise<void>;
  /** Closes every page that is open: one that nobody looks at is drawn all the same. */
  closePages(): Promise<void>;
  close(): Promise<void>;
}

let deeds = 0;

/** Waits until something has the focus. A dialog gives it back to what opened it only after it is gone. */
export async function focused(locator: Locator): Promise<void> {
  await locator.page().waitForFunction((each) => each === document.activeElement, await locator.elementHandle());
}

/** What a clone builds before anybody looks. */
export async function buildDesk(): Promise<void> {
  if (!existsSync(`${ROOT}/dist/web/index.html`)) await import('../../scripts/build-desk.ts');
}

interface CommandLine {
  readonly args: readonly string[];
  /** What is typed. */
  readonly typed?: string;
}

/** A server with the demonstration's market and session, and a browser to look at its desk. `first`: what is done in its folder before it starts. `local`: where the venue of this name is, else nowhere but in the demonstration. `env`: what else its environment has. */
export async function openDesk(
  args: readonly string[] = ['--demo'],
  first: readonly CommandLine[] = [],
  { local, env: more = {} }: { readonly local?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Desk> {
  await buildDesk();
  const scene = new Scene();
  const port = await freePort();
  const env = { TRADEWRIGHT_LOCAL: local ?? `http://127.0.0.1:${await freePort()}`, ...more };
  let running: RunningScene;
  let session = '';
  const start = async (): Promise<void> => {
    running = await scene.startRunning(['serve', ...args, '--port', String(port)], env, (update) => {
      session = (update as { readonly demo?: string | null }).demo ?? '';
      return true;
    });
  };
  const run = async ({ args: words, typed = '' }: CommandLine): Promise<void> => {
    const { code, err } = await scene.run(words, {}, typed);
    if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}: ${err}`);
  };
  for (const each of first) await run(each);
  await start();
  const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
  const url = `http://127.0.0.1:${port}`;
  return {
    ...{ url, home: scene.path('.tradewright') },
    get session() {
      return session;
    },
    async open(path = '/', { width = 1440, theme = 'dark', timeZone, prepare } = {}) {
      const context = await browser.newContext({
        viewport: { width, height: 900 },
        ...(timeZone === undefined ? {} : { timezoneId: timeZone }),
      });
      context.setDefaultTimeout(PATIENCE_MS);
      await context.addInitScript((chosen) => {
        const kept = { theme: chosen, directions: 'blue-orange', clock: 'utc' };
        localStorage.setItem('tradewright.appearance', JSON.stringify(kept));
      }, theme);
      const page = await context.newPage();
      await prepare?.(page);
      await page.goto(`${url}${path}`);
      return page;
    },
    async command(path, input) {
      const response = await fetch(`${url}/api/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': `desk-${++deeds}` },
        body: JSON.stringify(input),
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      return { status: response.status, body: await response.json() };
    },
    run,
    async crash() {
      await running.end();
    },
    restart: start,
    async closePages() {
      await Promise.all(browser.contexts().map((context) => context.close()));
    },
    async close() {
      await browser.close();
      await running.end();
      scene.remove();
    },
  };
}
