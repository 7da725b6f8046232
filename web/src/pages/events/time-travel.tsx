import { useEffect, useMemo, useState } from 'react';
import type { EventLine } from '../../desk/events.ts';
import { useMoment } from '../../desk/moment.ts';
import { timeText } from '../../format/times.ts';
import { Button } from '../../parts/button.tsx';
import { Panel } from '../../parts/panel.tsx';
import { useAppearance } from '../../theme/appearance.ts';

const BINS = 120;
const SETTLE_MS = 250;

/** How much happened when, and a slider that sets the whole desk back to a time: read only until it is back at now. */
export function TimeTravel({ events }: { readonly events: readonly EventLine[] }) {
  const { at, setAt } = useMoment();
  const { clock } = useAppearance();
  // While the desk is set back the span stays that of before: the slider does not run away from the hand.
  const [span, setSpan] = useState<{ readonly fromMs: number; readonly toMs: number } | null>(null);
  const [handMs, setHandMs] = useState<number | null>(null);
  const first = events[0]?.time;
  const last = events.at(-1)?.time;
  useEffect(() => {
    if (at !== null || first === undefined || last === undefined) return;
    setSpan({ fromMs: Date.parse(first), toMs: Math.max(Date.parse(last), Date.parse(first) + 1000) });
  }, [at, first, last]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: setAt is made anew with each render and does the same.
  useEffect(() => {
    if (handMs === null || span === null) return;
    const timer = setTimeout(() => {
      setAt(handMs >= span.toMs ? null : new Date(handMs).toISOString());
      setHandMs(null);
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [handMs, span]);
  const density = useMemo(() => {
    const bins = new Array<number>(BINS).fill(0);
    if (span === null) return bins;
    for (const { time } of events) {
      const k = Math.floor(((Date.parse(time) - span.fromMs) / (span.toMs - span.fromMs)) * BINS);
      if (k >= 0) bins[Math.min(BINS - 1, k)]!++;
    }
    return bins;
  }, [events, span]);
  const most = Math.max(1, ...density);
  if (span === null) return null;
  const nowMs = handMs ?? (at === null ? span.toMs : Date.parse(at));
  return (
    <Panel
      title="Time"
      className="xl:col-span-3"
      actions={
        at === null ? (
          <span className="text-sm text-soft">drag back: the whole desk shows that moment</span>
        ) : (
          <Button size="small" onClick={() => setAt(null)}>
            Back to now
          </Button>
        )
      }
    >
      <svg
        aria-hidden="true"
        viewBox={`0 0 ${BINS} 20`}
        preserveAspectRatio="none"
        className="block h-8 w-full text-accent"
      >
        {density.map((count, k) => (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a bin is its place.
            key={k}
            x={k}
            y={20 - (count / most) * 20}
            width={0.8}
            height={(count / most) * 20}
            fill="currentColor"
            opacity={0.7}
          />
        ))}
      </svg>
      <input
        type="range"
        aria-label="Time that the desk shows"
        aria-valuetext={timeText(nowMs, clock)}
        className="w-full accent-violet"
        min={span.fromMs}
        max={span.toMs}
        step={1000}
        value={Math.min(nowMs, span.toMs)}
        onChange={(event) => setHandMs(Number(event.target.value))}
      />
      <p className="figure flex justify-between text-xs text-soft">
        <span>{timeText(span.fromMs, clock)}</span>
        <strong className={at === null && handMs === null ? '' : 'text-violet'}>
          {at === null && handMs === null ? 'now' : timeText(nowMs, clock)}
        </strong>
        <span>{timeText(span.toMs, clock)}</span>
      </p>
    </Panel>
  );
}
