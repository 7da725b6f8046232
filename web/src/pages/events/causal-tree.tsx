import type { EventLine } from '../../desk/events.ts';
import { timeText } from '../../format/times.ts';
import { Button } from '../../parts/button.tsx';
import { useAppearance } from '../../theme/appearance.ts';

interface CausalTreeProps {
  readonly events: readonly EventLine[];
  readonly seq: number;
  readonly onChoose: (seq: number) => void;
  /** Sets the desk back to a time. */
  readonly onAt: (time: string) => void;
}

const DEEPEST = 50;

/** An event between what it came from and what came of it. */
export function CausalTree({ events, seq, onChoose, onAt }: CausalTreeProps) {
  const { clock } = useAppearance();
  const bySeq = new Map(events.map((event) => [event.seq, event]));
  const chosen = bySeq.get(seq);
  if (chosen === undefined) return <p className="text-soft">Event {seq} is not among the newest ones.</p>;
  const causes: EventLine[] = [];
  for (let at = chosen.causedBy; at !== null && causes.length < DEEPEST; ) {
    const cause = bySeq.get(at);
    if (cause === undefined) break;
    causes.unshift(cause);
    at = cause.causedBy;
  }
  const effects = events.filter(({ causedBy }) => causedBy === seq);
  return (
    <div className="space-y-3">
      <ol className="space-y-1">
        {causes.map((event, k) => (
          <Line key={event.seq} event={event} depth={k} onChoose={onChoose} />
        ))}
        <Line event={chosen} depth={causes.length} onChoose={onChoose} isChosen />
        {effects.map((event) => (
          <Line key={event.seq} event={event} depth={causes.length + 1} onChoose={onChoose} />
        ))}
      </ol>
      <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 rounded-md border p-2 text-sm">
        <dt className="text-soft">time</dt>
        <dd className="figure">{timeText(chosen.time, clock)}</dd>
        {Object.entries(chosen.data).map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-soft">{name}</dt>
            <dd className="figure break-all">{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
          </div>
        ))}
      </dl>
      <div className="flex flex-wrap gap-2">
        <Button size="small" onClick={() => onAt(chosen.time)}>
          The desk as it stood then
        </Button>
        <Button size="small" onClick={() => void navigator.clipboard?.writeText(JSON.stringify(chosen))}>
          Copy as JSON
        </Button>
      </div>
    </div>
  );
}

function Line({
  event,
  depth,
  onChoose,
  isChosen = false,
}: {
  readonly event: EventLine;
  readonly depth: number;
  readonly onChoose: (seq: number) => void;
  readonly isChosen?: boolean;
}) {
  return (
    <li style={{ paddingLeft: `${depth * 0.9}rem` }}>
      <button
        type="button"
        aria-current={isChosen}
        className={`w-full rounded px-1.5 py-0.5 text-left text-sm hover:bg-raised ${isChosen ? 'bg-accent/15 font-semibold' : ''}`}
        onClick={() => onChoose(event.seq)}
      >
        <span className="figure text-soft">{event.seq}</span> {event.type}{' '}
        <span className="text-soft">{event.text}</span>
      </button>
    </li>
  );
}
