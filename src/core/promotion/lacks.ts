import { type EvidenceKind, STAGES, type Stage } from '../vocabulary/promotion.ts';
import { type Candidate, type DatedEvidence, rankOf } from './standing.ts';
import type { Thresholds } from './thresholds.ts';

/** One thing that a gate asks for and has not found. */
export interface Lack {
  /** Stage that the gate leads to. */
  readonly gate: Stage;
  readonly what: string;
  readonly found: string;
  readonly expected: string;
}

/** What a gate looks at. */
interface Gate {
  readonly thresholds: Thresholds;
  /** Evidence that counts for this gate, oldest first. */
  of(kind: EvidenceKind): readonly DatedEvidence[];
  lack(what: string, found: string | number, expected: string): void;
}

const sum = (all: readonly DatedEvidence[], name: string): number =>
  all.reduce((total, each) => total + (each.numbers[name] ?? 0), 0);

const rounded = (value: number): string => String(Math.floor(value * 100) / 100);

/** Asks for at least `least`; 0 asks for nothing. */
function atLeast(gate: Gate, what: string, found: number, least: number): void {
  if (found < least) gate.lack(what, rounded(found), `${least} or more`);
}

function towardsTestnet(gate: Gate): void {
  const { backtestDays, backtestTrades, backtestSharpe, checks, walkForward } = gate.thresholds;
  const asksForRuns = backtestDays > 0 || backtestTrades > 0 || backtestSharpe !== null;
  const newest = gate.of('backtest').at(-1);
  if (asksForRuns && newest === undefined) gate.lack('backtest', 'none', 'one over history, finished');
  else if (newest !== undefined) {
    const { days = 0, trades = 0, sharpe } = newest.numbers;
    if (!newest.passed) gate.lack('backtest', `${newest.of} did not finish`, 'one that has finished');
    atLeast(gate, 'days of the newest backtest', days, backtestDays);
    atLeast(gate, 'trades of the newest backtest', trades, backtestTrades);
    if (backtestSharpe !== null && !((sharpe ?? Number.NaN) >= backtestSharpe))
      gate.lack('Sharpe ratio of the newest backtest', sharpe ?? 'none', `${backtestSharpe} or more`);
  }
  const checked = gate.of('checks').at(-1);
  if (checks && checked === undefined)
    gate.lack('checks', 'none', 'look-ahead, warm-up, determinism and replay, all passed');
  else if (checked !== undefined && !checked.passed)
    gate.lack('checks', `${checked.numbers['failed'] ?? 'some'} not passed in ${checked.of}`, 'all passed');
  const forward = gate.of('walk-forward').at(-1);
  if (walkForward && forward === undefined) gate.lack('walk-forward', 'none', 'one that has passed');
  else if (forward !== undefined && !forward.passed)
    gate.lack('walk-forward', `${forward.of} did not pass`, 'one that has passed');
}

function withoutDifferences(gate: Gate, days: readonly DatedEvidence[], where: string): void {
  const differences = sum(days, 'differences');
  if (differences > 0) gate.lack(`unexplained differences ${where}`, differences, '0');
}

function towardsPaper(gate: Gate): void {
  const { testnetHours, testnetRestarts, testnetReconciliations } = gate.thresholds;
  const days = gate.of('testnet-day');
  atLeast(gate, 'hours at a testnet', sum(days, 'hours'), testnetHours);
  atLeast(gate, 'restarts at a testnet', sum(days, 'restarts'), testnetRestarts);
  const compared = gate.of('reconciliation');
  atLeast(gate, 'accounts read and compared at a testnet', sum(compared, 'reads'), testnetReconciliations);
  withoutDifferences(gate, [...days, ...compared], 'at a testnet');
}

function towardsLive(gate: Gate): void {
  const { paperDays, paperOrders, dayCoverage, parity, approvals } = gate.thresholds;
  const days = gate.of('paper-day');
  const whole = days.filter((day) => (day.numbers['coverage'] ?? 0) >= dayCoverage);
  // One day of two sessions is one day.
  atLeast(gate, 'paper days', new Set(whole.map((day) => day.about)).size, paperDays);
  atLeast(gate, 'orders on paper', sum(days, 'orders'), paperOrders);
  withoutDifferences(gate, days, 'on paper');
  const certificates = gate.of('parity');
  const newest = certificates.at(-1);
  if (newest !== undefined && !newest.passed) gate.lack('parity', `${newest.of} is not in parity`, 'in parity');
  else atLeast(gate, 'parity certificates', certificates.filter((each) => each.passed).length, parity);
  const persons = new Set(
    gate
      .of('approval')
      .filter((each) => each.about === 'live' && each.passed)
      .map((each) => each.actor),
  );
  atLeast(gate, 'approvals for live', persons.size, approvals);
}

const GATES: Readonly<Record<Stage, (gate: Gate) => void>> = {
  research: () => {},
  testnet: towardsTestnet,
  paper: towardsPaper,
  live: towardsLive,
};

/**
 * What a candidate lacks for a stage: everything that the gates from where it stands to there ask for and do not find. Empty where it may be
 * promoted, or stands there already.
 */
export function promotionLacks(candidate: Candidate, wanted: Stage, thresholds: Thresholds): readonly Lack[] {
  const lacks: Lack[] = [];
  for (const stage of STAGES) {
    if (rankOf(stage) <= rankOf(candidate.stage) || rankOf(stage) > rankOf(wanted)) continue;
    const counting = candidate.evidence.filter(
      ({ sinceMs, kind, source }) =>
        sinceMs > candidate.countsSinceMs[stage] && (kind === 'approval' || thresholds.sources.includes(source)),
    );
    GATES[stage]({
      thresholds,
      of: (kind) => counting.filter((each) => each.kind === kind),
      lack: (what, found, expected) => void lacks.push({ gate: stage, what, found: String(found), expected }),
    });
  }
  return lacks;
}

/** The stage after this one; null after the last. */
export function nextStage(stage: Stage): Stage | null {
  return STAGES[rankOf(stage) + 1] ?? null;
}
