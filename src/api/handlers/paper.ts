import type { MarketFeed } from '../../ports/market-feed.ts';
import { asJson } from '../../session/replay-journal.ts';
import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { loadStrategy } from './load-strategy.ts';
import { running } from './run.ts';
import { asOnlyRunner, beginningOf, refuseDifferent, runSession, sessionNameOf } from './run-session.ts';
import { aboutOf, accountOf, coreOf } from './session-about.ts';
import { instrumentsAsBegun, instrumentsOf } from './session-instruments.ts';

/** Runs a paper session until it is ended; begins it, or goes on with it. */
export async function paper(input: Input<'paper'>, world: World, call: Call): Promise<Output<'paper'>> {
  const name = input.session ?? sessionNameOf('paper', world);
  const loaded = await loadStrategy(input.strategy, world);
  return asOnlyRunner(name, world, async () => {
    let feed: MarketFeed | null = null;
    try {
      const began = await beginningOf(name, world);
      feed = await world.venues.feed(input.venue);
      const instruments =
        began === null ? await instrumentsOf(feed, input.symbols) : instrumentsAsBegun(began, feed, input.symbols);
      const about = aboutOf(input, loaded, feed, instruments, world);
      if (began !== null) refuseDifferent(name, began, about);
      return await runSession(
        {
          fresh: () => running(loaded, world, () => coreOf(name, about, loaded)),
          ...{ name, loaded, feed, venue: input.venue, about: asJson(about as never) },
          account: accountOf(name, about),
          ...{ isResumed: began !== null, seconds: input.seconds, keepsMarket: input.keepMarket },
        },
        world,
        call,
      );
    } finally {
      await feed?.close();
    }
  });
}
