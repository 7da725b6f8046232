import type { BroadcastCall } from './vectorbt-case.ts';
import { NO_WISH, sizedWish, type VectorbtAccount, type Wish } from './vectorbt-orders.ts';

/** Argument that decides between an entry and an exit of one row; for `both` they are a long and a short entry. */
const CONFLICT = {
  longonly: 'upon_long_conflict',
  shortonly: 'upon_short_conflict',
  both: 'upon_dir_conflict',
} as const;

/** How `accumulate` is said: true is `both`. */
function accumulation(call: BroadcastCall, column: number): { adds: boolean; removes: boolean } {
  const word = call.word('accumulate', column, 'disabled');
  const all = word === 'true' || word === 'both';
  return { adds: all || word === 'addonly', removes: all || word === 'removeonly' };
}

/** The order that the signals of a row ask for, given the position: entries, exits, their conflicts, opposite entries. */
export function signalWish(
  call: BroadcastCall,
  row: number,
  column: number,
  account: VectorbtAccount,
  total: number,
): Wish {
  const { direction } = call.call;
  let enters = call.flag('entries', row, column);
  let leaves = call.flag('exits', row, column);
  const position = account.position.get(column)!;
  if (enters && leaves) {
    const rule = call.word(CONFLICT[direction], column, 'ignore');
    // `adjacent` is the signal of the side that is held, `opposite` the other; without a position neither.
    const sameSide = direction === 'both' ? Math.sign(position) : Math.abs(Math.sign(position));
    const chosen = rule === 'adjacent' ? sameSide : rule === 'opposite' ? -sameSide : 0;
    enters = rule === 'entry' || rule === 'long' || chosen > 0;
    leaves = rule === 'exit' || rule === 'short' || chosen < 0;
  }
  if (!enters && !leaves) return NO_WISH;
  const wish = (side: number): Wish =>
    sizedWish(
      call.number('size', row, column, Number.POSITIVE_INFINITY),
      call.word('size_type', column, 'amount'),
      side,
      column,
      account,
      total,
    );
  const { adds, removes } = accumulation(call, column);
  const close: Wish = { quantity: -position, share: 1, only: position > 0 ? 'longonly' : 'shortonly' };
  if (direction !== 'both') {
    const side = direction === 'longonly' ? 1 : -1;
    if (enters) return position === 0 || adds ? wish(side) : NO_WISH;
    if (position === 0) return NO_WISH;
    return removes ? wish(-side) : close;
  }
  const side = enters ? 1 : -1;
  if (position === 0 || position > 0 === side > 0) return position === 0 || adds ? wish(side) : NO_WISH;
  return oppositeWish(call.word('upon_opposite_entry', column, 'reversereduce'), removes, close, wish(side));
}

/** An exit by stop: the same choices as for an opposite entry. */
export function stopWish(
  call: BroadcastCall,
  row: number,
  column: number,
  account: VectorbtAccount,
  total: number,
): Wish {
  const position = account.position.get(column)!;
  const size = call.number('size', row, column, Number.POSITIVE_INFINITY);
  const opposite = sizedWish(
    size,
    call.word('size_type', column, 'amount'),
    -Math.sign(position),
    column,
    account,
    total,
  );
  const close: Wish = { quantity: -position, share: 1, only: position > 0 ? 'longonly' : 'shortonly' };
  return oppositeWish(
    call.word('upon_stop_exit', column, 'close'),
    accumulation(call, column).removes,
    close,
    opposite,
  );
}

function oppositeWish(rule: string, removes: boolean, close: Wish, opposite: Wish): Wish {
  if (rule === 'ignore') return NO_WISH;
  if (rule === 'reversereduce' && removes) return opposite;
  if (rule === 'closereduce' && removes) return opposite.quantity === 0 ? opposite : { ...opposite, only: close.only! };
  if (rule === 'close' || rule === 'closereduce') return close;
  return { quantity: opposite.quantity + close.quantity, share: opposite.share };
}
