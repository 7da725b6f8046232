import { inBrowser, loadText, medianOf, traced } from '../desk/browser.ts';
import { openBusyDesk } from '../desk/stand-in.ts';
import type { BenchRow } from '../row.ts';

/** Of each of its five streams. */
const PER_STREAM = 10;
const WARM_UP_MS = 5_000;
const ROUND_MS = 6_000;
const ROUNDS = 3;

/**
 * The overview while fifty updates a second come: five streams of ten. A stand-in tells them; server, sockets, browser and page are real. Times
 * are the processor's, so that other programs of the machine do not count.
 */
export const row: BenchRow = {
  name: 'desk-overview-50',
  unit: '% main thread',
  target: 30,
  async measure() {
    await import('../../scripts/build-desk.ts');
    const desk = await openBusyDesk(PER_STREAM);
    try {
      return await inBrowser(async (browser) => {
        const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
        await page.goto(desk.url);
        await page.getByRole('table', { name: 'Last fills' }).waitFor();
        await page.waitForTimeout(WARM_UP_MS);
        const rounds = [];
        const before = desk.told();
        for (let round = 0; round < ROUNDS; round++)
          rounds.push(await traced(browser, page, () => page.waitForTimeout(ROUND_MS)));
        const updates = (desk.told() - before) / rounds.reduce((all, { seconds }) => all + seconds, 0);
        const busy = medianOf(rounds.map(({ busyPct }) => busyPct));
        const wall = medianOf(rounds.map(({ wallBusyPct }) => wallBusyPct));
        const frames = medianOf(rounds.map((each) => each.frames / each.seconds));
        const wallLongest = Math.min(...rounds.map(({ wallLongestMs }) => wallLongestMs));
        return {
          value: busy,
          note: `${updates.toFixed()} updates/s, ${frames.toFixed()} frames/s; ${wall.toFixed()} % by the wall clock, ${loadText()}`,
          beside: [
            {
              ...{ name: 'desk-overview-50-task', unit: 'ms, longest', target: 50 },
              value: Math.max(...rounds.map(({ longestMs }) => longestMs)),
              note: `${wallLongest.toFixed()} ms by the wall clock in the best of ${ROUNDS} rounds`,
            },
          ],
        };
      });
    } finally {
      await desk.close();
    }
  },
};
