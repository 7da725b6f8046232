import type { SessionState } from './session-state.ts';

/** Signed lots that a slot held at an instant that has passed, fills at that instant taken in: what it holds now less what came after. */
export function heldAt({ book, fills }: SessionState, slot: number, timeMs: number): number {
  let lots = book.positions.column.lots[slot]!;
  const { slot: slots, side, timeMs: times } = fills.column;
  // All of them: within an instant, those of one instrument may be written before earlier ones of another.
  for (let fill = fills.count - 1; fill >= 0; fill--)
    if (slots[fill] === slot && times[fill]! > timeMs) lots -= side[fill]! * fills.moved(fill);
  return lots;
}

/** {@link heldAt} of all strategies together: the account's net position in an instrument. */
export function netHeldAt(state: SessionState, instrument: number, timeMs: number): number {
  let lots = 0;
  for (let strategy = 0; strategy < state.strategies; strategy++)
    lots += heldAt(state, strategy * state.instruments.length + instrument, timeMs);
  return lots;
}
