import type { Json } from '../../core/vocabulary/json.ts';
import type { MarketFeed } from '../../ports/market-feed.ts';
import { asJson } from '../../session/replay-journal.ts';
import type { SessionCore } from '../../session/session-core.ts';
import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { aboutOf, coreOf } from './core-of-session.ts';
import { type LoadedStrategy, loadStrategy } from './load-strategy.ts';
import { seated } from './run.ts';
import { asOnlyRunner, beginningOf, refuseDifferent, runSession, sessionNameOf } from './run-session.ts';
import { accountOf, type SessionAbout } from './session-about.ts';
import { instrumentsAsBegun, instrumentsOf, requireBars } from './session-instruments.ts';

/** Runs a paper session until it is ended; begins it, or goes on with it. */
export async function paper(input: Input<'paper'>, world: World, call: Call): Promise<Output<'paper'>> {
  const name = input.session ?? sessionNameOf('paper', world);
  const loaded = await loadStrategy(input.strategy, world);
  return asOnlyRunner(name, world, () =>
    withPlannedPaper(name, input, loaded, world, ({ about, ...planned }) =>
      runSession(
        {
          ...{ ...planned, name, loaded, venue: input.venue, about: asJson(about as never) as Json },
          ...{ account: accountOf(name, about), seconds: input.seconds, keepsMarket: input.keepMarket },
        },
        world,
        call,
      ),
    ),
  );
}

/** A paper session that may be begun, or gone on with. */
export interface PlannedPaper {
  readonly about: SessionAbout;
  readonly feed: MarketFeed;
  readonly isResumed: boolean;
  /** Before the first input. Throws {@link Failure} where the strategy does. */
  readonly fresh: () => SessionCore;
}

/** Lets `body` have a paper session once everything that is asked for is there; its feed is closed afterwards. Rejects with {@link Failure}. */
export async function withPlannedPaper<T>(
  name: string,
  input: Omit<Input<'paper'>, 'seconds'>,
  loaded: LoadedStrategy,
  world: World,
  body: (planned: PlannedPaper) => Promise<T>,
): Promise<T> {
  let feed: MarketFeed | null = null;
  try {
    const began = await beginningOf(name, world);
    feed = await world.venues.feed(input.venue);
    requireBars(feed, input.timeframe);
    const instruments =
      began === null ? await instrumentsOf(feed, input.symbols) : instrumentsAsBegun(began, feed, input.symbols);
    const about = aboutOf(input, loaded, feed, instruments, world);
    if (began !== null) refuseDifferent(name, began, about);
    const fresh = (): SessionCore => seated([loaded], world, () => coreOf(name, about, loaded));
    // What does not go together is refused before anything is kept.
    if (began === null) fresh();
    return await body({ about, feed, isResumed: began !== null, fresh });
  } finally {
    await feed?.close();
  }
}
