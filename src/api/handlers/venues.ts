import { barOpen, formatTime, type Timeframe, timeframe } from '../../core/vocabulary/time.ts';
import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { downloadBars } from './bar-download.ts';

export function venues(_: Input<'venues'>, world: World): Output<'venues'> {
  return {
    venues: world.venues.all.map(({ name, id, title, history, feed, environments, hasPassphrase, note }) => ({
      ...{ name, id, title, history: [...history], feed, environments: [...environments], hasPassphrase, note },
    })),
  };
}

/** When the first of the last `count` bars that have closed by then opened. */
function barsBefore(text: Timeframe, timeMs: number, count: number): number {
  const spec = timeframe(text);
  let openMs = barOpen(spec, timeMs);
  if (spec.ms > 0) return openMs - count * spec.ms;
  for (let k = 0; k < count; k++) openMs = barOpen(spec, openMs - 1);
  return openMs;
}

export async function dataGet(input: Input<'data-get'>, world: World, call: Call): Promise<Output<'data-get'>> {
  const { symbol } = input;
  const history = await world.venues.history(input.venue, input.source);
  if (!history.timeframes.includes(input.timeframe)) {
    throw new Failure(
      'input-invalid',
      `timeframe: ${history.venue} has no ${input.timeframe} bars; it has ${history.timeframes.join(', ')}`,
      { hint: 'Fetch a finer timeframe: coarser ones are built from it.', details: { field: 'timeframe' } },
    );
  }
  const nowMs = (): number => world.clock.nowMs();
  const toMs = input.to ?? nowMs();
  const stored = await world.catalogue.info(`${history.venue}:${symbol}`, input.timeframe);
  if (input.bars !== undefined && input.from !== undefined)
    throw new Failure('input-invalid', 'bars: expected either --bars or --from, found both', {
      details: { field: 'bars' },
    });
  const fromMs =
    input.bars === undefined ? (input.from ?? stored?.lastMs) : barsBefore(input.timeframe, toMs, input.bars);
  if (fromMs === undefined) {
    throw new Failure('input-invalid', 'from: expected a day to begin with, as nothing of the series is stored yet', {
      hint: 'Say it with --from 2024-01-01.',
      details: { field: 'from' },
    });
  }
  if (fromMs >= toMs) {
    throw new Failure(
      'input-invalid',
      `from: expected a time before ${formatTime(toMs)}, found ${formatTime(fromMs)}`,
      {
        details: { field: 'from' },
      },
    );
  }
  const request = { symbol, timeframe: input.timeframe, fromMs, toMs };
  const { instrument, absent, isComplete, ...counts } = await downloadBars(
    history,
    world.catalogue,
    request,
    nowMs,
    (done, total) => call.progress('bars', done, total) && !call.stop.aborted,
  );
  const text = ({ fromMs: from, toMs: to }: { readonly fromMs: number; readonly toMs: number }) => ({
    from: formatTime(from),
    to: formatTime(to),
  });
  return {
    series: instrument,
    timeframe: input.timeframe,
    from: formatTime(barOpen(timeframe(input.timeframe), fromMs)),
    to: formatTime(toMs),
    ...counts,
    absent: absent.map(text),
    complete: isComplete,
  };
}
