import { eventsHash } from '../../core/engine/state-hash.ts';
import { makerTakerFees } from '../../core/exchange/fees.ts';
import type { CostModel } from '../../core/exchange/fill-costs.ts';
import { toRate } from '../../core/exchange/rate.ts';
import { hashText } from '../../core/vocabulary/hash.ts';
import { formatTime } from '../../core/vocabulary/time.ts';
import { type Certificate, certify, type OrderOutcome, type OrderPair } from '../../session/parity/certificate.ts';
import { sameDecisions } from '../../session/parity/decisions.ts';
import { compareWithModel, type Ladder } from '../../session/parity/ladder.ts';
import { MarketReader } from '../../session/parity/market-record.ts';
import { replayJournal } from '../../session/replay-journal.ts';
import type { SessionConfig } from '../../session/session-core.ts';
import type { Moment } from '../operations/replay.ts';
import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { noteParity, sourceOf, warnNotKept } from './evidence.ts';
import { type OpenedSession, openSession } from './open-session.ts';
import { referenceBars } from './reference-bars.ts';
import { running } from './run.ts';
import { latencyModel, slippageModel } from './run-config.ts';
import { decisionLine, differenceLine, momentOf } from './session-moment.ts';

/** Beside another model or other bars than its own, or by a tolerance that somebody chose, a session proves nothing. */
const CHOSEN = ['fee', 'slippage', 'latency', 'data', 'tolerance'] as const;

/** Lays a session beside the backtest of the market that it recorded. */
export async function parity(input: Input<'parity'>, world: World, call: Call): Promise<Output<'parity'>> {
  const opened = await openSession(input.session, world);
  const { about, info, loaded, journals } = opened;
  const sealed = <T>(body: () => T): T => world.strategyFiles.sealed(body);
  const recorded = opened.fresh();
  const reader = new MarketReader();
  const { compared } = await replayJournal(recorded, journals.read(input.session), sealed, {
    goesOn: (record) => {
      reader.take(record);
      return true;
    },
  });
  const market = reader.record;
  const reference = await referenceBars(input, about, market, world, call);
  const { config, engine } = recorded;
  const { account, instruments, session } = engine.state;
  const model = modelOf(input, config);
  const ladder = running([loaded], world, () =>
    compareWithModel({
      ...{ recorded, market, config, session, sealed, reference: reference.bars },
      ...(model === null ? {} : { model }),
    }),
  );
  const certificate = certify(ladder, instruments, account.cash, input.tolerance);
  const { data } = ladder;
  if (CHOSEN.every((field) => call.given[field] === undefined))
    await keepCertificate(input.session, opened, certificate, call, world);
  return {
    ...{ session: input.session, strategy: about.strategy, params: about.params as Output<'parity'>['params'] },
    ...{ venue: about.venue, symbols: instruments.map(({ symbol }) => symbol) },
    ...{ timeframe: about.feeds[0]!.timeframe, begun: formatTime(info.createdAtMs) },
    time: Number.isFinite(recorded.lastMs) ? formatTime(recorded.lastMs) : null,
    statesVerified: compared,
    hashes: { state: recorded.hash(), events: eventsHash(engine) },
    gate: {
      expression: `the decisions of the backtest, and a gap of at most ${+(input.tolerance * 100).toFixed(6)} %`,
      ...{ passed: certificate.holds, because: [...certificate.because] },
    },
    ...{ filledBy: ladder.drivenBy, tradesKept: market.kept, currency: account.currency },
    profit: certificate.profit,
    causes: [...certificate.causes],
    decisions: {
      ...{ expected: ladder.expected.length, recorded: ladder.recorded.length },
      same: sameDecisions(ladder.expected, ladder.recorded),
    },
    divergence: ladder.divergence && (await divergenceOf(ladder.divergence, ladder, opened, sealed)),
    data: {
      reference: reference.origin,
      ...{ missing: data.missing, late: data.late, different: data.different, gaps: market.gaps },
      faults: data.faults.map(({ feed, openTimeMs, what }) => ({
        ...{ symbol: instruments[engine.feeds[feed]!.instrument]!.symbol, time: formatTime(openTimeMs), what },
      })),
    },
    ordersDiffering: certificate.orders.length,
    orders: certificate.orders.slice(0, input.limit).map(pairLine),
  };
}

/** As evidence for its strategy, or against it; see {@link noteParity}. */
async function keepCertificate(
  session: string,
  { about, info }: OpenedSession,
  { holds, because, profit }: Certificate,
  call: Call,
  world: World,
): Promise<void> {
  const { strategy, codeHash, params } = about;
  try {
    await noteParity(
      world,
      { strategy, codeHash, params },
      {
        ...{
          session,
          source: sourceOf(about.account?.environment === 'local' ? 'local' : about.venue),
          isInParity: holds,
        },
        // The same session as far as it has come: certified again, it is the same certificate.
        hash: hashText(JSON.stringify([session, info.head.hash, holds])),
        numbers: { expected: Number(profit.expected), recorded: Number(profit.recorded) },
        sinceMs: info.createdAtMs,
        detail: holds ? `session ${session} is in parity` : `session ${session}: ${because.join('; ')}`,
      },
      'tradewright parity',
    );
  } catch (error) {
    warnNotKept(call, `the certificate of session ${session}`, error);
  }
}

/** Costs that the expected side reckons with; null for those of the session. */
function modelOf(input: Input<'parity'>, { costs }: SessionConfig): CostModel | null {
  const { fee, slippage, latency } = input;
  if ((fee === undefined && slippage === undefined && latency === undefined) || costs === undefined) return null;
  const { maker, taker } = fee ?? { maker: 0, taker: 0 };
  return {
    ...costs,
    ...(fee === undefined
      ? {}
      : { fees: { ...makerTakerFees(toRate(maker), toRate(taker)), payIn: costs.fees.payIn } }),
    ...(slippage === undefined ? {} : { slippage: slippageModel(slippage) }),
    ...(latency === undefined ? {} : { latency: latencyModel(latency) }),
  };
}

/** The first decision that differs, and both sides as they stood at the end of its instant. */
async function divergenceOf(
  divergence: NonNullable<Ladder['divergence']>,
  ladder: Ladder,
  opened: OpenedSession,
  sealed: <T>(body: () => T) => T,
): Promise<NonNullable<Output<'parity'>['divergence']>> {
  const isThere = ({ lastMs }: { readonly lastMs: number }): boolean => lastMs >= divergence.atMs;
  const recorded = opened.fresh();
  let moment: Moment | null = null;
  await replayJournal(recorded, opened.journals.read(opened.name), sealed, {
    goesOn: ({ seq, kind, payload }) => {
      if (kind !== 'input' || (payload as { readonly type: string }).type !== 'instant-ended') return true;
      if (!isThere(recorded)) return true;
      moment = momentOf(recorded, seq);
      return false;
    },
  });
  return {
    ...differenceLine(divergence),
    cause: divergence.cause,
    ...{ expected: decisionLine(divergence.expected), recorded: decisionLine(divergence.recorded) },
    states: { expected: momentOf(ladder.again(isThere), 0), recorded: moment ?? momentOf(recorded, 0) },
  };
}

function pairLine({ timeMs, expected, recorded, ...pair }: OrderPair) {
  return { ...pair, time: formatTime(timeMs), expected: outcomeLine(expected), recorded: outcomeLine(recorded) };
}

function outcomeLine(outcome: OrderOutcome | null) {
  if (outcome === null) return null;
  const { timeMs, ...rest } = outcome;
  return { ...rest, time: timeMs === null ? null : formatTime(timeMs) };
}
