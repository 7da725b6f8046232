import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { openDemo } from '../bench/desk/demo-desk.ts';
import { PAGES } from '../web/src/shell/page-names.ts';

/**
 * Takes the pictures of the desk that stand in its documentation: the demonstration, once there is something to see, each page in the dark theme, and
 * the overview also in the light one and on a narrow screen. Into docs/pictures, as WebP. `--only` takes those
 * whose names have the text in them.
 */
const FOLDER = join(import.meta.dirname, '../docs/pictures');
const CHROMIUM = '/usr/bin/chromium';
const MOST_BYTES = 120_000;
/** Bars of one second: enough of them for a line and some trades. */
const DEMO_MS = 100_000;
const SETTLE_MS = 2_500;
const PATIENCE_MS = 120_000;

interface Shot {
  readonly name: string;
  readonly path: string;
  readonly width?: number;
  readonly height?: number;
  readonly theme?: 'dark' | 'light';
  /** Brings the page to what is to be seen. */
  readonly prepare?: (page: Page) => Promise<void>;
}

const { values: flags } = parseArgs({ options: { only: { type: 'string', default: '' } } });
const demo = await openDemo();
const { chromium } = await import('playwright-core');
const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });

const fillRow = (page: Page) => page.getByRole('row', { name: /^Why of fill/ }).first();

async function post(path: string, input: object): Promise<unknown> {
  const response = await fetch(`${demo.url}/api/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
    body: JSON.stringify(input),
  });
  return ((await response.json()) as { readonly data?: unknown }).data;
}

async function open({ path, width = 1440, height = 900, theme = 'dark' }: Shot): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height } });
  context.setDefaultTimeout(PATIENCE_MS);
  await context.addInitScript((chosen) => {
    const kept = { theme: chosen, directions: 'blue-orange', clock: 'utc' };
    localStorage.setItem('tradewright.appearance', JSON.stringify(kept));
  }, theme);
  const page = await context.newPage();
  await page.goto(`${demo.url}${path}`);
  await page.getByRole('button', { name: 'KILL' }).waitFor();
  return page;
}

/** A picture as WebP by the browser itself, smaller where it would be too large. */
async function take(page: Page, name: string): Promise<number> {
  const client = await page.context().newCDPSession(page);
  for (const quality of [88, 75, 60, 45]) {
    const { data } = await client.send('Page.captureScreenshot', { format: 'webp', quality });
    const body = Buffer.from(data, 'base64');
    if (body.length > MOST_BYTES && quality > 45) continue;
    writeFileSync(join(FOLDER, `${name}.webp`), body);
    return body.length;
  }
  throw new Error('unreachable');
}

async function shoot(shot: Shot): Promise<void> {
  const page = await open(shot);
  await shot.prepare?.(page);
  await page.waitForTimeout(SETTLE_MS);
  const bytes = await take(page, shot.name);
  console.log(`${shot.name}.webp ${(bytes / 1_000).toFixed()} kB`);
  if (bytes > MOST_BYTES) process.exitCode = 1;
  await page.context().close();
}

try {
  mkdirSync(FOLDER, { recursive: true });
  const watching = await open({ name: '', path: '/' });
  await fillRow(watching).waitFor();
  const runs: string[] = [];
  for (const param of [
    { fast: 20, slow: 50 },
    { fast: 10, slow: 30 },
  ]) {
    const made = (await post('backtest', { strategy: 'sma-cross', data: ['synthetic'], param })) as {
      readonly run?: string;
    };
    if (made?.run !== undefined) runs.push(made.run);
  }
  await post('jobs/add', { operation: 'check', input: { strategy: 'sma-cross', data: ['synthetic'] } });
  await watching.waitForTimeout(DEMO_MS);
  await watching.context().close();
  const shots: Shot[] = [
    ...PAGES.map(({ path, name }): Shot => ({ name: name.toLowerCase(), path })),
    { name: 'overview-light', path: '/', theme: 'light' },
    { name: 'overview-narrow', path: '/', width: 360, height: 800 },
    {
      name: 'why',
      path: '/',
      prepare: async (page) => {
        await fillRow(page).click();
        await page.getByText('Reports of the venue').waitFor();
      },
    },
    ...(runs[0] === undefined ? [] : [{ name: 'backtest-result', path: `/backtests?run=${runs[0]}` }]),
  ];
  for (const shot of shots.filter(({ name }) => name.includes(flags.only))) await shoot(shot);
} finally {
  await browser.close();
  await demo.close();
}
