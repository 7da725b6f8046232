import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { UpdateOf } from '../../../../src/api/client/client.ts';
import { useMoment } from '../../desk/moment.ts';
import { server } from '../../desk/server.ts';
import { problemOf, type View } from '../../desk/streams.ts';
import { useAnswer, useFolded } from '../../desk/use-view.ts';
import { type Frame, frameOf, joined, NO_BARS } from './frame.ts';

type Update = UpdateOf<'session bars'>;

/** Closed bars, the one that has not closed, and where earlier ones are to be had. */
interface Known {
  readonly closed: Frame;
  readonly forming: Update['forming'];
  readonly cursor: string | null;
  readonly instrument: string;
  readonly tick: string;
}

const FIRST = 2_000;
const PAGE = 4_000;

function folded(known: Known | null, { bars, indicators, forming, cursor, instrument, tick }: Update): Known {
  const next = frameOf(bars, indicators);
  if (known === null) return { closed: next, forming, cursor, instrument, tick };
  return { ...known, closed: joined(known.closed, next), forming };
}

export interface Shown {
  readonly view: View<Frame>;
  readonly instrument: string | null;
  /** Smallest step of its prices; null where that is not known. */
  readonly tick: string | null;
  /** Earlier bars are wanted. */
  readonly older: () => void;
  /** Later bars are wanted, where some were let go. */
  readonly newer: () => void;
}

/** Bars of a session as they come, or as they stood at the time that the desk is set back to. */
export function useSessionFrame(
  of: { readonly session: string; readonly symbol: string; readonly timeframe: string } | null,
  indicator: readonly string[],
): Shown {
  const { at } = useMoment();
  const key = JSON.stringify([of, indicator, at]);
  const input = { ...of, indicator: [...indicator], limit: FIRST };
  const now = useFolded(of === null || at !== null ? null : 'session bars', { ...input, follow: true }, folded, 'bars');
  const then = useAnswer(
    of === null || at === null ? null : 'session bars',
    { ...input, ...(at === null ? {} : { at }) },
    { staleMs: Number.POSITIVE_INFINITY },
  );
  const told = then.phase === 'there' ? then.data : null;
  const past = useMemo(() => (told === null ? null : folded(null, told)), [told]);
  const first: View<Known> = at === null ? now : then.phase === 'there' ? { ...then, data: past! } : then;
  const [before, setBefore] = useState<{
    readonly key: string;
    readonly frame: Frame;
    readonly cursor: string | null;
  } | null>(null);
  const earlier = before?.key === key ? before : null;
  const isAsking = useRef(false);
  const cursor = earlier === null ? (first.phase === 'there' ? first.data.cursor : null) : earlier.cursor;
  const ask = useRef({ key, cursor, earlier, input });
  ask.current = { key, cursor, earlier, input };
  const [problem, setProblem] = useState<unknown>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another chart begins without the problem of the last one.
  useEffect(() => setProblem(null), [key]);

  const older = useCallback(() => {
    const { key: asked, cursor: from, earlier: known, input: given } = ask.current;
    if (isAsking.current || from === null) return;
    isAsking.current = true;
    server
      .call('session bars', { ...given, limit: PAGE, cursor: from })
      .then(
        ({ bars, indicators, cursor: next }) => {
          if (ask.current.key !== asked) return;
          const page = frameOf(bars, indicators);
          setBefore({ key: asked, frame: joined(page, known?.frame ?? NO_BARS, 'oldest'), cursor: next });
        },
        (error: unknown) => setProblem(error),
      )
      .finally(() => {
        isAsking.current = false;
      });
  }, []);

  const known = first.phase === 'there' ? first.data : null;
  const frame = useMemo(() => {
    if (known === null) return NO_BARS;
    const closed = earlier === null ? known.closed : joined(earlier.frame, known.closed);
    if (known.forming === null) return closed;
    const { time, ...prices } = known.forming;
    const timeS = Date.parse(time) / 1000;
    if (timeS <= (closed.bars.at(-1)?.timeS ?? 0)) return closed;
    return { ...closed, bars: [...closed.bars, { timeS, ...prices }] };
  }, [known, earlier]);
  const view: View<Frame> =
    problem !== null
      ? { phase: 'problem', problem: problemOf(problem) }
      : first.phase === 'there'
        ? { ...first, data: frame }
        : first;
  return { view, instrument: known?.instrument ?? null, tick: known?.tick ?? null, older, newer: nothing };
}

const nothing = (): void => {};
