import type { BroadcastCall } from './vectorbt-case.ts';
import { NO_WISH, sizedWish, type VectorbtAccount, type Wish } from './vectorbt-orders.ts';

/** What a row asks of a column: to be long, not to be long, to be short, not to be short. */
interface Signals {
  readonly long: boolean;
  readonly notLong: boolean;
  readonly short: boolean;
  readonly notShort: boolean;
  /** Entries add to a position of their side. */
  readonly adds: boolean;
  /** Signals against a position take their size off it, instead of all of it. */
  readonly removes: boolean;
}

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
  const enters = call.flag('entries', row, column);
  const leaves = call.flag('exits', row, column);
  const held = Math.sign(account.position.get(column)!);
  const given = { ...accumulation(call, column), long: false, notLong: false, short: false, notShort: false };
  if (direction === 'both') {
    const [long, short] = choose(enters, leaves, call.word('upon_dir_conflict', column, 'ignore'), held);
    const asked = againstPosition(
      { ...given, long, short },
      call.word('upon_opposite_entry', column, 'reversereduce'),
      held,
    );
    return sizedSignals(call, row, column, asked, account, total);
  }
  const isLong = direction === 'longonly';
  const conflict = call.word(isLong ? 'upon_long_conflict' : 'upon_short_conflict', column, 'ignore');
  const [enter, leave] = choose(enters, leaves, conflict, Math.abs(held));
  const signals = isLong ? { ...given, long: enter, notLong: leave } : { ...given, short: enter, notShort: leave };
  const asked = againstPosition(signals, call.word('upon_opposite_entry', column, 'reversereduce'), held);
  return sizedSignals(call, row, column, asked, account, total);
}

/** Which of two signals of one row counts: by its name, or by the side that is held (1 for that of the first), or neither. */
function choose(first: boolean, second: boolean, rule: string, held: number): readonly [boolean, boolean] {
  if (!first || !second) return [first, second];
  const chosen = rule === 'adjacent' ? held : rule === 'opposite' ? -held : 0;
  return [rule === 'entry' || rule === 'long' || chosen > 0, rule === 'exit' || rule === 'short' || chosen < 0];
}

/** An entry against the position, as `upon_opposite_entry` has it: ignored, an exit, a reversal; the last two may only reduce. */
function againstPosition(signals: Signals, rule: string, held: number): Signals {
  const opposes = (held > 0 && signals.short) || (held < 0 && signals.long);
  if (!opposes) return signals;
  const side = held > 0 ? { short: false } : { long: false };
  const exit = held > 0 ? { notLong: true } : { notShort: true };
  if (rule === 'ignore') return { ...signals, ...side };
  if (rule === 'close') return { ...signals, ...side, ...exit, adds: false, removes: false };
  if (rule === 'closereduce') return { ...signals, ...side, ...exit };
  return rule === 'reverse' ? { ...signals, adds: false, removes: false } : signals;
}

/** An exit by stop, as `upon_stop_exit` has it; a reversal does not care for the direction of the call. */
export function stopWish(
  call: BroadcastCall,
  row: number,
  column: number,
  account: VectorbtAccount,
  total: number,
): Wish {
  const rule = call.word('upon_stop_exit', column, 'close');
  const isLong = account.position.get(column)! > 0;
  const reverses = rule.startsWith('reverse');
  const accumulates = rule.endsWith('reduce') ? accumulation(call, column) : { adds: false, removes: false };
  const signals: Signals = {
    ...accumulates,
    long: reverses && !isLong,
    short: reverses && isLong,
    notLong: !reverses && isLong,
    notShort: !reverses && !isLong,
  };
  return sizedSignals(call, row, column, signals, account, total);
}

function sizedSignals(
  call: BroadcastCall,
  row: number,
  column: number,
  signals: Signals,
  account: VectorbtAccount,
  total: number,
): Wish {
  const { long, notLong, short, notShort, adds, removes } = signals;
  const position = account.position.get(column)!;
  const wish = (side: number): Wish =>
    sizedWish(
      call.number('size', row, column, Number.POSITIVE_INFINITY),
      call.word('size_type', column, 'amount'),
      side,
      column,
      account,
      total,
    );
  if (position === 0) {
    if (!long && !short) return NO_WISH;
    return { ...wish(long ? 1 : -1), only: 'both' };
  }
  const side = Math.sign(position);
  const only = position > 0 ? 'longonly' : 'shortonly';
  const [same, opposite, exit] = position > 0 ? [long, short, notLong] : [short, long, notShort];
  if (opposite) {
    const against = wish(-side);
    if (removes) return { ...against, only: 'both' };
    return { quantity: against.quantity - position, share: against.share, only: 'both' };
  }
  if (exit) return removes ? { ...wish(-side), only } : { quantity: -position, share: 1, only };
  return same && adds ? { ...wish(side), only } : NO_WISH;
}
