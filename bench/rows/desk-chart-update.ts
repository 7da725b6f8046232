import { loadText, medianOf, traced } from '../desk/browser.ts';
import { onScenes } from '../desk/scenes.ts';
import type { BenchRow } from '../row.ts';

const BARS = 20_000;
const FILLS = 500;
/** As many bars as are in view at first. */
const IN_VIEW = 200;
const UPDATES = 100;
const ROUNDS = 5;

/** What a price chart of 20,000 bars and 500 fills takes of the main thread for an update: state, chart and canvas. In time of the processor. */
export const row: BenchRow = {
  name: 'desk-chart-update',
  unit: 'ms an update',
  target: 16,
  measure: () =>
    onScenes(async (page, browser) => {
      const made = await traced(browser, page, async () => {
        await page.evaluate(`scenes.chart(${BARS}, ${FILLS}, ${BARS})`);
        await page.locator('canvas').first().waitFor();
      });
      const update = `(async () => {
          for (let k = 0; k < ${UPDATES}; k++) {
            scenes.tick();
            // The next frame draws it, and the one after it has been drawn.
            await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
          }
        })()`;
      await page.evaluate(update);
      const rounds = [];
      for (let round = 0; round < ROUNDS; round++)
        rounds.push(await traced(browser, page, async () => void (await page.evaluate(update))));
      await page.evaluate(`scenes.chart(${BARS}, ${FILLS}, ${IN_VIEW})`);
      await page.evaluate(update);
      const crowded = await traced(browser, page, async () => void (await page.evaluate(update)));
      const each = rounds.map(({ totalMs }) => totalMs / UPDATES);
      return {
        value: medianOf(each),
        note: `${Math.min(...each).toFixed(1)}–${Math.max(...each).toFixed(1)} in ${ROUNDS} rounds; ${loadText()}`,
        beside: [
          {
            ...{ name: 'desk-chart-update-task', unit: 'ms, longest', target: 50 },
            value: medianOf(rounds.map(({ longestMs }) => longestMs)),
          },
          {
            ...{ name: 'desk-chart-update-crowded', unit: 'ms an update' },
            value: crowded.totalMs / UPDATES,
            note: `all ${FILLS} fills in view at once; the canvas is drawn by the processor here, without a graphics card`,
          },
          { name: 'desk-chart-made', value: made.totalMs, unit: 'ms' },
        ],
      };
    }),
};
