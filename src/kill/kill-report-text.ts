import { orderText } from './kill-account.ts';
import type { HolderSeen, KilledAccount, KillReport } from './kill-request.ts';

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

/** A report for a person: what is certain, what is left, what to do. */
export function killReportText(report: KillReport): string {
  const { accounts, holders, faults, verified, lastCancelMs, elapsedMs, latches, level } = report;
  const lines = [
    ...latches.map((latch) =>
      latch.written
        ? `latch     ${latch.scope} ${latch.target} at ${latch.level}`.trimEnd()
        : `latch     NOT WRITTEN: ${latch.why}`,
    ),
    ...accounts.flatMap(linesOf),
    ...holders.map(holderLine),
    ...faults.map((fault) => `fault     ${fault}`),
    `time      ${seconds(elapsedMs)}${lastCancelMs === null ? '' : `, last cancel after ${seconds(lastCancelMs)}`}`,
    verified ? `VERIFIED  ${level}` : `NOT VERIFIED  ${level}: ${whatToDo(report)}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** What a person does about a kill that is not verified. */
function whatToDo({ accounts, latches }: KillReport): string {
  const held = latches.some(({ written }) => written) ? 'The latch holds: nothing new is ordered by sessions. ' : '';
  const reach =
    accounts.length === 0
      ? 'No account could be reached: see the faults above; with keys of your own, --venue and --env go without the vault. '
      : '';
  return `${held}${reach}Look at the venue itself, and run this again: it may be repeated as often as needed.`;
}

const HOLDERS = {
  renews: 'is alive and heeds the latch',
  nobody: 'nobody has it',
  deposed: 'did not answer: it was taken away',
  unknown: 'NOT KNOWN: a program that is not stopped may send again',
} as const;

function holderLine({ account, state, holder }: HolderSeen): string {
  return `right     ${account}: ${holder === null ? '' : `${holder} `}${HOLDERS[state]}`;
}

function linesOf(account: KilledAccount): string[] {
  const { canceling, closings, isRevoked, revokedFrom } = account;
  const at = `${account.account} (${account.venue} ${account.environment})`;
  return [
    `account   ${at}`,
    isRevoked
      ? `right     taken${revokedFrom === null ? ', nobody had it' : ` from ${revokedFrom}`}`
      : 'right     NOT TAKEN: a program that is not stopped may send again',
    `orders    ${canceling.found} found open, ${canceling.left.length} left${canceling.verifiedMs === null ? ', not verified' : `; none by the venue’s word after ${seconds(canceling.verifiedMs)}`}`,
    ...canceling.left.map((order) => `left      ${orderText(order)}`),
    ...closings.flatMap(({ closed, left, unknown, orders }) => [
      ...Object.entries(closed).map(([symbol, amount]) => `closed    ${amount} ${symbol} in ${orders} orders`),
      ...left.map(({ symbol, quantity, why }) => `left      ${quantity} ${symbol}: ${why}`),
      ...unknown.map((id) => `unknown   order ${id}: it may still fill`),
    ]),
    ...[...account.faults, ...canceling.faults, ...closings.flatMap(({ faults }) => faults)].map(
      (f) => `fault     ${f}`,
    ),
  ];
}
