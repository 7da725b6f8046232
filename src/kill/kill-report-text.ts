import { orderText } from './kill-account.ts';
import type { KilledAccount, KillReport } from './kill-run.ts';

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

/** A report for a person: what is certain, what is left, what to do. */
export function killReportText(report: KillReport): string {
  const { accounts, faults, verified, lastCancelMs, elapsedMs, latches, level } = report;
  const lines = [
    ...latches.map((latch) =>
      latch.written
        ? `latch     ${latch.scope} ${latch.target} at ${latch.level}`.trimEnd()
        : `latch     NOT WRITTEN: ${latch.why}`,
    ),
    ...accounts.flatMap(linesOf),
    ...faults.map((fault) => `fault     ${fault}`),
    `time      ${seconds(elapsedMs)}${lastCancelMs === null ? '' : `, last cancel after ${seconds(lastCancelMs)}`}`,
    verified ? `VERIFIED  ${level}` : `NOT VERIFIED  ${level}: look at the venue itself, and run this again`,
  ];
  return `${lines.join('\n')}\n`;
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
