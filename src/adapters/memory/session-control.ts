import { type LatchPlace, type LatchRow, storedLatches } from '../../durability/latch-place.ts';
import type { Clock } from '../../ports/clock.ts';
import type { LatchStore } from '../../ports/latches.ts';
import type { CommandBox, CommandNews, GivenCommand } from '../../ports/session-control.ts';

/** Latches that end with the process; for tests and replays. */
export function memoryLatches(clock: Clock): LatchStore {
  const rows = new Map<string, LatchRow>();
  const place: LatchPlace = {
    rows: async () => [...rows.values()].sort((a, b) => keyOf(a).localeCompare(keyOf(b))),
    async change(scope, target, make) {
      const key = keyOf({ scope, target });
      const row = make(rows.get(key) ?? null, clock.nowMs());
      rows.set(key, row);
      return row;
    },
    close: async () => {},
  };
  return storedLatches(place);
}

const keyOf = ({ scope, target }: Pick<LatchRow, 'scope' | 'target'>): string => `${scope} ${target}`;

/** A box that ends with the process; for tests and for sessions that nobody else commands. */
export function memoryCommandBox(clock: Clock): CommandBox {
  const all: GivenCommand[] = [];
  const listeners = new Set<(news: CommandNews) => void>();
  const tell = (news: CommandNews): void => {
    for (const listener of listeners) listener(news);
  };
  const find = (id: number): GivenCommand | undefined => all[id - 1];
  const change = (id: number, isRight: (given: GivenCommand) => boolean, to: Partial<GivenCommand>): boolean => {
    const given = find(id);
    if (given === undefined || !isRight(given)) return false;
    all[id - 1] = { ...given, ...to };
    return true;
  };
  return {
    async put({ session, command, actor, reason }) {
      const copy = JSON.parse(JSON.stringify(command));
      const given = { id: all.length + 1, session, command: copy, actor, reason, askedAtMs: clock.nowMs() };
      all.push({ ...given, takenAtMs: null, outcome: null });
      queueMicrotask(() => tell({ put: session }));
      return all.at(-1)!;
    },
    unanswered: async (session) => all.filter((given) => given.session === session && given.outcome === null),
    take: async (id) =>
      change(id, (given) => given.takenAtMs === null && given.outcome === null, { takenAtMs: clock.nowMs() }),
    async answer(id, outcome) {
      const isAnswered = change(id, (given) => given.outcome === null, { outcome });
      if (isAnswered) queueMicrotask(() => tell({ answered: id, outcome }));
      return isAnswered;
    },
    withdraw: async (id, outcome) =>
      change(id, (given) => given.outcome === null && given.takenAtMs === null, { outcome }),
    view: async (id) => find(id) ?? null,
    watch(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: async () => {},
  };
}
