import { orderSession } from '../../core/execution/client-order-id.ts';
import type { InstrumentDefinition } from '../../core/vocabulary/instrument.ts';
import type { MarketFeed } from '../../ports/market-feed.ts';
import { SessionCore } from '../../session/session-core.ts';
import type { Input } from '../operations/table.ts';
import type { World } from '../world.ts';
import type { LoadedStrategy } from './load-strategy.ts';
import { checkedParams, deskConfig } from './run-config.ts';
import { type SessionAbout, sessionAbout } from './session-about.ts';

/** What a paper session begins with, from what was asked for. */
export function aboutOf(
  input: Omit<Input<'paper'>, 'seconds'>,
  loaded: LoadedStrategy,
  feed: MarketFeed,
  instruments: readonly InstrumentDefinition[],
  world: World,
): SessionAbout {
  const desk = deskConfig(input, instruments, world);
  return sessionAbout({
    strategyName: loaded.path ?? input.strategy,
    strategy: loaded.strategy.def.id,
    codeHash: loaded.codeHash,
    venue: input.venue,
    feeds: instruments.map((instrument) => ({ instrument, timeframe: input.timeframe })),
    drivenBy: input.fillsBy ?? (feed.channels.includes('trades') ? 'trades' : 'bars'),
    desk: desk as never,
    params: checkedParams(loaded, input.param),
  });
}

/** The core of a session that began so. Client order ids carry twelve characters that belong to its name alone. */
export function coreOf(name: string, about: SessionAbout, loaded: LoadedStrategy): SessionCore {
  const { desk, feeds, params, drivenBy, account, onMismatch } = about;
  const remote = account === undefined ? {} : { remote: { onMismatch: onMismatch ?? 'reduce' } };
  const config = { ...desk, feeds, drivenBy, strategies: [{ strategy: loaded.strategy, params }], ...remote };
  return new SessionCore(config as never, orderSession(name, account !== undefined));
}
