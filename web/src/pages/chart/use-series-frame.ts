import { useCallback, useEffect, useRef, useState } from 'react';
import { timeframe as specOf } from '../../../../src/core/vocabulary/time.ts';
import { server } from '../../desk/server.ts';
import { LOADING, problemOf, type View } from '../../desk/streams.ts';
import { type Frame, frameOf, joined, MOST_BARS } from './frame.ts';
import { ALL, type Source } from './source.ts';
import type { Shown } from './use-session-frame.ts';

type Series = Extract<Source, { kind: 'series' }>;

const FIRST = 2_000;
const PAGE = 4_000;

interface Window {
  readonly frame: Frame;
  /** Where earlier bars are to be had; null where there are none. */
  readonly cursor: string | null;
  readonly timeframe: string;
  readonly receivedAtMs: number;
}

/** Bars of the catalogue, page by page as they are wanted: at most {@link MOST_BARS} of a series of any length at once. Null: nothing. */
export function useSeriesFrame(
  of: (Pick<Series, 'venue' | 'symbol' | 'to'> & { readonly timeframe: string; readonly until: string | null }) | null,
  indicator: readonly string[],
): Shown {
  const key = JSON.stringify([of, indicator]);
  const [state, setState] = useState<{ readonly key: string; readonly view: View<Window> }>({ key: '', view: LOADING });
  const view = state.key === key ? state.view : LOADING;
  const isAsking = useRef(false);
  const latest = useRef({ key, of, indicator, view });
  latest.current = { key, of, indicator, view };

  const ask = useCallback(async (part: { cursor?: string; from?: string; to?: string }, limit: number) => {
    const { of: series, indicator: asked } = latest.current;
    const isAll = series!.timeframe === ALL;
    const { columns, indicators, cursor, timeframe } = await server.call('data bars', {
      ...{ venue: series!.venue, symbol: series!.symbol, columns: true, limit, indicator: [...asked], ...part },
      ...(isAll ? { merge: true } : { timeframe: series!.timeframe }),
    });
    return { frame: frameOf(columns!, indicators), cursor: isAll ? null : cursor, timeframe };
  }, []);

  useEffect(() => {
    if (latest.current.of === null) return;
    let isOver = false;
    const { until } = latest.current.of;
    ask(until === null ? {} : { to: until }, FIRST).then(
      (window) => {
        if (!isOver)
          setState({
            key,
            view: { phase: 'there', data: { ...window, receivedAtMs: Date.now() }, receivedAtMs: Date.now() },
          });
      },
      (error: unknown) => {
        if (!isOver) setState({ key, view: { phase: 'problem', problem: problemOf(error) } });
      },
    );
    return () => {
      isOver = true;
    };
  }, [key, ask]);

  const extend = useCallback(
    async (way: 'older' | 'newer') => {
      const { key: asked, of: series, view: known } = latest.current;
      if (isAsking.current || known.phase !== 'there' || series === null) return;
      const { frame, cursor, timeframe } = known.data;
      const lastMs = (frame.bars.at(-1)?.timeS ?? 0) * 1000;
      const stepMs = specOf(timeframe).ms;
      if (way === 'older' ? cursor === null : series.timeframe === ALL || lastMs + stepMs >= Date.parse(series.to))
        return;
      isAsking.current = true;
      try {
        const part =
          way === 'older'
            ? { cursor: cursor! }
            : {
                from: new Date(lastMs + stepMs).toISOString(),
                to: new Date(lastMs + (PAGE + 1) * stepMs).toISOString(),
              };
        const page = await ask(part, PAGE);
        if (latest.current.key !== asked) return;
        const whole = way === 'older' ? joined(page.frame, frame, 'oldest') : joined(frame, page.frame, 'newest');
        const isCut = way === 'newer' && frame.bars.length + page.frame.bars.length > MOST_BARS;
        setState({
          key: asked,
          view: {
            phase: 'there',
            receivedAtMs: Date.now(),
            data: {
              ...known.data,
              frame: whole,
              // A cursor is the time of a bar: what was let go can be asked for again.
              cursor: way === 'older' ? page.cursor : isCut ? (whole.bars[0]!.timeS * 1000).toString(36) : cursor,
            },
          },
        });
      } catch (error) {
        setState({ key: asked, view: { phase: 'problem', problem: problemOf(error) } });
      } finally {
        isAsking.current = false;
      }
    },
    [ask],
  );
  return {
    view: view.phase === 'there' ? { ...view, data: view.data.frame } : view,
    instrument: of === null ? null : `${of.venue}:${of.symbol}`,
    tick: null,
    older: useCallback(() => void extend('older'), [extend]),
    newer: useCallback(() => void extend('newer'), [extend]),
  };
}
