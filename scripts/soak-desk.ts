import { parseArgs } from 'node:util';
import { inBrowser, loadText } from '../bench/desk/browser.ts';
import { openBusyDesk } from '../bench/desk/stand-in.ts';

/**
 * Whether the desk's memory stays as it is: the overview under fifty updates a second for so many minutes, its heap after a forced collection every
 * half minute. A stand-in tells the streams; it says so. `node scripts/soak-desk.ts --minutes 10`
 */
const { values: flags } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
const minutes = Number(flags.minutes);
const EVERY_MS = 30_000;
const MOST_GROWTH_MB_PER_MINUTE = 0.2;
/** Until lists are as long as they get, which are 2,000 lines of events, and the compiler has done its work. */
const WARM_UP_S = 240;

await import('./build-desk.ts');
const desk = await openBusyDesk(10);
const { value, note } = await inBrowser(async (browser) => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(desk.url);
  await page.getByRole('table', { name: 'Last fills' }).waitFor();
  const client = await page.context().newCDPSession(page);
  await client.send('HeapProfiler.enable');
  await client.send('Performance.enable');
  const points: { readonly minute: number; readonly mb: number }[] = [];
  const begunMs = performance.now();
  while (performance.now() - begunMs < minutes * 60_000 + WARM_UP_S * 1_000) {
    await page.waitForTimeout(EVERY_MS);
    await client.send('HeapProfiler.collectGarbage');
    const { metrics } = await client.send('Performance.getMetrics');
    const of = (name: string): number => metrics.find((each) => each.name === name)!.value;
    const minute = (performance.now() - begunMs) / 60_000;
    const mb = of('JSHeapUsedSize') / 2 ** 20;
    console.log(
      `${minute.toFixed(1)} min: heap ${mb.toFixed(2)} MB, ${of('Nodes')} nodes, ${of('JSEventListeners')} listeners, ${desk.told()} updates, ${loadText()}`,
    );
    if (minute * 60 >= WARM_UP_S) points.push({ minute, mb });
  }
  const mean = (of: (point: (typeof points)[number]) => number): number =>
    points.reduce((all, point) => all + of(point), 0) / points.length;
  const [minuteMean, mbMean] = [mean(({ minute }) => minute), mean(({ mb }) => mb)];
  const slope =
    mean(({ minute, mb }) => (minute - minuteMean) * (mb - mbMean)) / mean(({ minute }) => (minute - minuteMean) ** 2);
  return { value: slope, note: `from ${points[0]?.mb.toFixed(2)} to ${points.at(-1)?.mb.toFixed(2)} MB` };
});
await desk.close();
if (value === null) console.log(note);
else {
  console.log(`${value.toFixed(3)} MB a minute of at most ${MOST_GROWTH_MB_PER_MINUTE}; ${note}`);
  process.exitCode = value <= MOST_GROWTH_MB_PER_MINUTE ? 0 : 1;
}
