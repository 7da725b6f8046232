import { findCandidate, rankOf } from '../../core/promotion/standing.ts';
import type { LimitsDefinition } from '../../core/risk/limits.ts';
import { decimal } from '../../core/vocabulary/decimal.ts';
import type { InstrumentDefinition } from '../../core/vocabulary/instrument.ts';
import { STATUS } from '../../core/vocabulary/order.ts';
import type { Stage } from '../../core/vocabulary/promotion.ts';
import type { AnyAccount } from '../../ports/account.ts';
import type { AccountLease } from '../../ports/lease.ts';
import type { MarketFeed } from '../../ports/market-feed.ts';
import { LiveAccount } from '../../session/live-account.ts';
import { capabilitiesOf } from '../../session/live-capabilities.ts';
import type { RemoteSide } from '../../session/remote-side.ts';
import { asJson } from '../../session/replay-journal.ts';
import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { warnOfChangedRules } from './changed-rules.ts';
import { connectAccount } from './connect-account.ts';
import { coreOf } from './core-of-session.ts';
import { candidateName, type Subject } from './evidence.ts';
import { knownSessions, runningOf } from './known-sessions.ts';
import { type LoadedStrategy, loadStrategy } from './load-strategy.ts';
import { openAccount } from './open-account.ts';
import { releaseLease } from './release-lease.ts';
import { lackText, requireStage } from './require-stage.ts';
import { confirmRisk } from './risk-confirmation.ts';
import { seated } from './run.ts';
import { checkedParams, deskConfig } from './run-config.ts';
import { asOnlyRunner, beginningOf, type Recovered, refuseDifferent, runSession } from './run-session.ts';
import { type SessionAbout, sessionAbout } from './session-about.ts';
import { instrumentsAsBegun, instrumentsOf, requireBars } from './session-instruments.ts';
import { standing } from './strategy-history.ts';

/** Runs a live session until it is ended; begins it, or goes on with it. */
export async function live(input: Input<'live'>, world: World, call: Call): Promise<Output<'live'>> {
  const loaded = await loadStrategy(input.strategy, world);
  const name = input.session ?? `${input.account}-${loaded.strategy.def.id}`;
  return asOnlyRunner(name, world, async () => {
    const account = await openAccount(world, call, input.account);
    const { info, gateway } = account;
    let feed: MarketFeed | null = null;
    let lease: AccountLease | null = null;
    let trading: LiveAccount | null = null;
    try {
      const began = await beginningOf(name, world);
      const { codeHash, strategy } = loaded;
      const subject = { strategy: strategy.def.id, codeHash, params: checkedParams(loaded, input.param) };
      if (began === null) await refuseUnpromoted(subject, account, input.accept, world, call);
      else await restrainDemoted(subject, account, world, call);
      feed = await world.venues.feed(info.venue);
      requireBars(feed, input.timeframe);
      const instruments =
        began === null ? await instrumentsOf(feed, input.symbols) : instrumentsAsBegun(began, feed, input.symbols);
      const about = liveAboutOf(input, loaded, account, instruments, world);
      if (began !== null) {
        refuseDifferent(name, began, about);
        await warnOfChangedRules(feed, input.symbols, instruments, call);
      }
      const fresh = () => seated([loaded], world, () => coreOf(name, about, loaded));
      // What does not go together is refused before anything is kept.
      if (began === null) fresh();
      await confirmRisk(input, info, about.desk['limits'] as LimitsDefinition, call);
      lease = await leaseOf(info.id, info.label, world);
      const held = lease;
      const connect = async (recovered: Recovered, journal: never, isFresh: boolean): Promise<LiveAccount> => {
        const made = new LiveAccount({
          ...{
            gateway,
            journal,
            clock: world.clock,
            feed: feed!,
            side: recovered.core.side as RemoteSide,
            right: held,
          },
          ...{ validityMs: world.accountLeases.validityMs, foreign: input.foreign },
          begunAtMs: await begunAtMs(name, world),
          ...{ pending: recovered.pending, unsent: recovered.unsent },
        });
        trading = made;
        const { accepted } = await connectAccount(account, world, { sink: made.keeper, accept: input.accept });
        for (const { code, message } of accepted) call.warn({ code, message, hint: 'You took it upon yourself.' });
        if (isFresh) await refuseTooLittle(account, input.cash, about.desk['currency'] as string);
        return made;
      };
      const lineOf = (): Output<'live'>['account'] => ({
        ...{ label: info.label, venue: info.venue, environment: info.environment },
        notReady: trading?.keeper.notReady ?? null,
        unknownOrders: trading === null ? 0 : unknownOrders(trading),
      });
      const end = await runSession(
        {
          account: info.id,
          ...{ fresh, name, loaded, feed, venue: info.venue, about: asJson(about as never) },
          ...{ isResumed: began !== null, seconds: input.seconds, keepsMarket: input.keepMarket },
          fence: { lease: lease.name, epoch: lease.epoch },
          connect: connect as never,
          beside: () => ({ account: lineOf() }),
        },
        world,
        call,
      );
      const owed = (trading as LiveAccount | null)?.owed() ?? null;
      if (owed !== null)
        call.warn({
          code: 'account-unsettled',
          message: `the session has ended before the venue had told everything: ${owed}`,
          hint: 'Start it again: it asks for what it missed before it trades.',
        });
      return { ...end, account: lineOf() };
    } finally {
      await gateway.close();
      await feed?.close();
      // What may still reach the venue must run out before anybody else trades: then the lease is left to end by itself.
      if (lease !== null && (trading === null || (trading as LiveAccount).sender.isIdle))
        await releaseLease(lease, call);
    }
  });
}

/** The stage that an environment asks for; null where nothing can be lost and nothing is proven. */
const stageFor = ({ environment }: AnyAccount): Stage | null =>
  environment === 'local' ? null : environment === 'live' ? 'live' : 'testnet';

/** A session begins only with a strategy that has come so far. Throws {@link Failure} `stage-missing`. */
async function refuseUnpromoted(
  subject: Subject,
  account: AnyAccount,
  accepted: readonly string[],
  world: World,
  call: Call,
): Promise<void> {
  const wanted = stageFor(account);
  if (wanted === null) return;
  const lacks = await requireStage(world, subject, wanted, { environment: account.environment, accepted });
  if (lacks.length > 0)
    call.warn({
      code: 'unpromoted',
      message: `${subject.strategy} lacks for ${wanted}: ${lacks.map(lackText).join('; ')}`,
      hint: 'You took it upon yourself.',
    });
}

/** One that was demoted since goes on for the sake of its positions, and adds nothing to them until a person re-arms its account. */
async function restrainDemoted(subject: Subject, account: AnyAccount, world: World, call: Call): Promise<void> {
  const wanted = stageFor(account);
  if (wanted === null) return;
  const now = await standing(subject.strategy, await world.strategyRegistry());
  const candidate = findCandidate(now, candidateName(subject));
  if (now.active && candidate !== null && rankOf(candidate.stage) >= rankOf(wanted)) return;
  const reason = `${subject.strategy} stands at ${candidate?.stage ?? 'research'}, ${wanted} is needed`;
  const { latches } = await world.control();
  await latches.raise('account', account.info.id, 'reduce', { actor: 'promotion', reason });
  call.warn({
    code: 'demoted',
    message: `${reason}: it only reduces`,
    hint: 'Promote it again, then tradewright rearm.',
  });
}

function unknownOrders({ side }: LiveAccount): number {
  const { column, count } = side.engine.state.orders;
  return column.status.subarray(0, count).filter((status) => status === STATUS.unknown).length;
}

async function leaseOf(id: string, label: string, world: World): Promise<AccountLease> {
  const outcome = await world.accountLeases.acquire(`account ${id}`, () => {});
  if ('lease' in outcome) return outcome.lease;
  const { holder, epoch } = outcome.heldBy;
  const ofAccount = (await knownSessions(world)).filter(({ about }) => about.account?.id === id);
  const sessions = (await runningOf(ofAccount, world)).map(({ name }) => name);
  const who = sessions.length === 0 ? 'another program' : `session ${sessions.join(', ')}`;
  const [host, process] = holder.split(' ');
  const where = process === undefined ? holder : `process ${process} on ${host}`;
  throw new Failure('account-busy', `account ${label} is traded by ${who} already: ${where}`, {
    details: { field: 'account', holder, epoch },
  });
}

async function begunAtMs(name: string, world: World): Promise<number> {
  const { journals } = await (await world.journals()).list();
  return journals.find(({ session }) => session === name)?.createdAtMs ?? world.clock.nowMs();
}

/** The capital must be there, in full and free, before the first order. */
async function refuseTooLittle({ gateway, info }: AnyAccount, cash: number, currency: string): Promise<void> {
  const free = (await gateway.balances()).find(({ asset }) => asset === currency)?.free ?? '0';
  if (decimal(free) >= decimal(cash)) return;
  throw new Failure('capital-missing', `${info.label}: expected ${cash} ${currency} that are free, found ${free}`, {
    details: { field: 'cash', found: free, expected: String(cash) },
  });
}

function liveAboutOf(
  input: Input<'live'>,
  loaded: LoadedStrategy,
  { info, gateway }: AnyAccount,
  instruments: readonly InstrumentDefinition[],
  world: World,
): SessionAbout {
  const isSpot = instruments.every(({ kind }) => kind === undefined || kind === 'spot');
  const desk = deskConfig(
    {
      ...{ cash: input.cash, fee: input.fee, leverage: input.leverage, limits: input.limits },
      // A venue takes the fee of a spot trade out of what is received.
      feeAsset: input.feeAsset ?? { payIn: isSpot ? 'base' : 'settle' },
      account: isSpot ? 'cash' : 'margin',
      ...{ slippage: { kind: 'none' }, fills: 'next-open,pessimistic,touch', venueProfile: 'simulated', seed: 1 },
      ...{ feeSchedule: undefined, participation: undefined, latency: undefined },
    } as never,
    instruments,
    world,
  );
  return sessionAbout({
    strategyName: loaded.path ?? input.strategy,
    strategy: loaded.strategy.def.id,
    codeHash: loaded.codeHash,
    venue: info.venue,
    feeds: instruments.map((instrument) => ({ instrument, timeframe: input.timeframe })),
    drivenBy: 'bars',
    desk: { ...desk, capabilities: capabilitiesOf(gateway.capabilities, info.venue) } as never,
    params: checkedParams(loaded, input.param),
    account: { id: info.id, venue: info.venue, environment: info.environment },
    onMismatch: input.onMismatch,
  });
}
