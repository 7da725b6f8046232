import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { failureOf } from './failure-of.ts';
import { dataGet } from './venues.ts';

type Synced = Output<'data-sync'>['series'][number];

/** Brings the series of the catalogue up to date. One that cannot be had keeps no other from it. */
export async function dataSync(input: Input<'data-sync'>, world: World, call: Call): Promise<Output<'data-sync'>> {
  const wanted = input.venue?.toUpperCase();
  const series: Synced[] = [];
  let others = 0;
  const all = await world.catalogue.list();
  const goesOn = (): boolean => call.progress('series', series.length + others, all.length) && !call.stop.aborted;
  let firstFailure: unknown = null;
  for (const { instrument, timeframe } of all) {
    if (!goesOn()) break;
    const colon = instrument.indexOf(':');
    const [id, symbol] = [instrument.slice(0, colon), instrument.slice(colon + 1)];
    const venue = world.venues.all.find((each) => each.id === id && each.history.includes('rest'));
    if (venue === undefined || (wanted !== undefined && venue.name.toUpperCase() !== wanted && id !== wanted)) {
      others++;
      continue;
    }
    try {
      const request = { venue: venue.name, symbol, timeframe, source: 'rest' } as const;
      const { inserted, corrected, complete } = await dataGet(
        { ...request, from: undefined, to: undefined, bars: undefined },
        world,
        { ...call, progress: goesOn },
      );
      series.push({ series: instrument, timeframe, inserted, corrected, complete, failure: null });
    } catch (error) {
      firstFailure ??= error;
      const { code, message } = failureOf(error);
      series.push({
        series: instrument,
        timeframe,
        inserted: 0,
        corrected: 0,
        complete: false,
        failure: { code, message },
      });
    }
  }
  goesOn();
  // Where nothing could be had, trying again may help, or somebody must see it.
  if (series.length > 0 && series.every(({ failure }) => failure !== null)) throw firstFailure;
  return { series, others };
}
