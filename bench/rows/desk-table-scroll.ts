import { loadText, medianOf, traced } from '../desk/browser.ts';
import { onScenes } from '../desk/scenes.ts';
import type { BenchRow } from '../row.ts';

const ROWS = 100_000;
const ROUNDS = 5;
const TURNS = 60;
const TURN_PX = 1_200;

/** The longest task of the page while a table of 100,000 rows is scrolled by the wheel, and once from one end to the other. In time of the processor. */
export const row: BenchRow = {
  name: 'desk-table-scroll',
  unit: 'ms, longest',
  target: 50,
  measure: () =>
    onScenes(async (page, browser) => {
      const filled = await traced(browser, page, async () => {
        await page.evaluate(`scenes.table(${ROWS})`);
        await page.getByRole('row', { name: 'row 10', exact: true }).waitFor();
      });
      await page.mouse.move(400, 400);
      const scroll = async (): Promise<void> => {
        for (let turn = 0; turn < TURNS; turn++) await page.mouse.wheel(0, TURN_PX);
        const place = `document.querySelector('.overflow-auto')`;
        await page.evaluate(`${place}.scrollTop = ${place}.scrollHeight`);
        await page.getByRole('row', { name: `row ${ROWS - 1}`, exact: true }).waitFor();
        await page.evaluate(`${place}.scrollTop = 0`);
        await page.getByRole('row', { name: 'row 0', exact: true }).waitFor();
      };
      await scroll();
      const rounds = [];
      for (let round = 0; round < ROUNDS; round++) rounds.push(await traced(browser, page, scroll));
      const longest = rounds.map(({ longestMs }) => longestMs);
      const wall = rounds.map(({ wallLongestMs }) => wallLongestMs);
      return {
        value: medianOf(longest),
        note: `${Math.min(...longest).toFixed(1)}–${Math.max(...longest).toFixed(1)} in ${ROUNDS} rounds; by the wall clock from ${Math.min(...wall).toFixed()}; ${loadText()}`,
        beside: [{ name: 'desk-table-fill', value: filled.longestMs, unit: 'ms, longest' }],
      };
    }),
};
