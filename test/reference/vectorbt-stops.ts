import type { BroadcastCall } from './vectorbt-case.ts';

/** Where a position is left: shares, NaN for nowhere, of the prices that they are measured from. */
export interface Guard {
  /** Moves with the best price of the position where it trails. */
  stopBasis: number;
  readonly stop: number;
  readonly trails: boolean;
  readonly targetBasis: number;
  readonly target: number;
}

export function isPrice(x: number): boolean {
  return x > 0 && Number.isFinite(x);
}

/** Prices of stop and target of a position of that side. */
export function levelsOf(guard: Guard, side: number): { readonly stop: number; readonly target: number } {
  return {
    stop: guard.stopBasis * (1 - side * guard.stop),
    target: guard.targetBasis * (1 + side * guard.target),
  };
}

/** The guard after an order: new where the position was opened or turned, where it grew as `upon_stop_update` says, else as it was. */
export function guardAfter(
  call: BroadcastCall,
  row: number,
  column: number,
  guard: Guard | undefined,
  basis: number,
  before: number,
  now: number,
): Guard {
  const stop = call.number('sl_stop', row, column, Number.NaN);
  const target = call.number('tp_stop', row, column, Number.NaN);
  const trails = call.flag('sl_trail', row, column);
  const fresh = { stopBasis: basis, stop, trails, targetBasis: basis, target };
  if (guard === undefined || before === 0 || Math.sign(before) !== Math.sign(now)) return fresh;
  if (Math.abs(now) <= Math.abs(before)) return guard;
  const rule = call.word('upon_stop_update', column, 'override');
  const updates = (share: number): boolean => rule === 'overridenan' || (rule === 'override' && !Number.isNaN(share));
  return {
    ...guard,
    ...(updates(stop) ? { stopBasis: basis, stop, trails } : {}),
    ...(updates(target) ? { targetBasis: basis, target } : {}),
  };
}

/** Lets a trailing stop follow the range of a row that did not reach it. */
export function trailGuard(
  call: BroadcastCall,
  row: number,
  column: number,
  guard: Guard | undefined,
  position: number,
): void {
  if (guard === undefined || !guard.trails || Number.isNaN(guard.stop) || position === 0) return;
  const { high, low } = barOf(call, row, column);
  if (position > 0 ? high > guard.stopBasis : low < guard.stopBasis) guard.stopBasis = position > 0 ? high : low;
}

interface Bar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
}

/** The range of a row; that of its close alone where it is not given. */
export function barOf(call: BroadcastCall, row: number, column: number, otherwise = Number.NaN): Bar {
  const given = call.number('close', row, column, Number.NaN);
  const close = Number.isNaN(given) ? otherwise : given;
  const open = call.number('open', row, column, close);
  return {
    open,
    high: call.number('high', row, column, Math.max(open, close)),
    low: call.number('low', row, column, Math.min(open, close)),
  };
}

/** What a bracket that is part of the entry cannot say: more than one leg, growing and turned positions, other prices, sizes and exits. */
const BEYOND_BRACKETS = [
  'price val_price stop_entry_price stop_exit_price upon_stop_exit upon_stop_update accumulate slippage',
  'size min_size max_size size_granularity lock_cash allow_partial',
].flatMap((line) => line.split(' '));

/** Whether stops are the entry's own bracket, the plain case; all others are replaced row by row. */
export function isBracketed(call: BroadcastCall, columns: readonly number[]): boolean {
  if (columns.length > 1 || BEYOND_BRACKETS.some((name) => call.has(name))) return false;
  if (call.has('sl_stop') && call.has('tp_stop')) return false;
  const shares = Array.from({ length: call.rows }, (_, row) => call.number('sl_stop', row, columns[0]!, 0));
  return !shares.some((share) => share >= 1 && Number.isFinite(share));
}
