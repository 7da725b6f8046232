import type { Browser } from 'playwright-core';
import { inBrowser, loadText, medianOf, traced } from '../desk/browser.ts';
import { openDemo } from '../desk/demo-desk.ts';
import type { BenchRow } from '../row.ts';

const ROUNDS = 9;

/** Tells when the account's figures are there, in ms since the navigation began. */
const WATCH = `
  const look = () => {
    if (document.querySelector('main dd') === null) requestAnimationFrame(look);
    // What is there now is drawn with this frame.
    else requestAnimationFrame(() => { window.figuresMs = performance.now(); });
  };
  requestAnimationFrame(look);
`;

const TOLD = `new Promise((tell) => {
  const look = () => (window.figuresMs === undefined ? requestAnimationFrame(look) : tell(window.figuresMs));
  look();
})`;

async function open(browser: Browser, url: string): Promise<{ readonly ms: number; readonly cpuMs: number }> {
  // A profile of its own: nothing is in its cache.
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript(WATCH);
  let ms = 0;
  const { totalMs } = await traced(browser, page, async () => {
    await page.goto(url);
    ms = await page.evaluate<number>(TOLD);
  });
  await context.close();
  return { ms, cpuMs: totalMs };
}

/**
 * From an address to the figures of the account, with nothing in the cache, from the server of the demonstration on the same machine. The best of
 * several: by the clock on the wall, in which server and browser share the processor with whatever else runs.
 */
export const row: BenchRow = {
  name: 'desk-first-figures',
  unit: 's',
  target: 1,
  async measure() {
    const demo = await openDemo();
    try {
      return await inBrowser(async (browser) => {
        await open(browser, demo.url);
        const rounds = [];
        for (let round = 0; round < ROUNDS; round++) rounds.push(await open(browser, demo.url));
        const seconds = rounds.map(({ ms }) => ms / 1_000);
        return {
          value: Math.min(...seconds),
          note: `median ${medianOf(seconds).toFixed(2)} s of ${ROUNDS}; ${loadText()}`,
          beside: [
            {
              ...{ name: 'desk-first-figures-processor', unit: 's, main thread' },
              value: medianOf(rounds.map(({ cpuMs }) => cpuMs / 1_000)),
            },
          ],
        };
      });
    } finally {
      await demo.close();
    }
  },
};
