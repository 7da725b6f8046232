import { parseTimeframe } from '../../../src/core/vocabulary/time.ts';
import { useConnection } from '../desk/connection.ts';
import { useBook, useCurrentSession, useSessions } from '../desk/current-session.ts';
import { useMoment } from '../desk/moment.ts';
import { money } from '../format/numerals.ts';
import { duration, timeText } from '../format/times.ts';
import { Badge } from '../parts/badge.tsx';
import { Change } from '../parts/figure.tsx';
import { useTick } from '../parts/tick.ts';
import { changeAppearance, useAppearance } from '../theme/appearance.ts';
import { AlertBell } from './alert-bell.tsx';
import { KillSwitch } from './kill-switch.tsx';
import { modeShown } from './mode.ts';

/** What must be seen on every page: with what money, when, how fresh, how much, and the way out. */
export function TopBar({ onPalette }: { readonly onPalette: () => void }) {
  return (
    <header className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1 border-b bg-panel px-3 py-1">
      <a href="#page" className="sr-only focus:not-sr-only">
        Skip to the page
      </a>
      <KillSwitch />
      <ModeRibbon />
      <SessionPicker />
      <Equity />
      <div className="ml-auto flex items-center gap-2">
        <FeedHealth />
        <Clock />
        <AlertBell />
        <button
          type="button"
          onClick={onPalette}
          aria-label="Commands, Ctrl K"
          title="Commands (Ctrl K)"
          className="rounded-md border border-edge px-2 py-1 text-xs text-soft hover:text-text"
        >
          Ctrl K
        </button>
      </div>
    </header>
  );
}

function ModeRibbon() {
  const { at, session } = useMoment();
  const { name, tone, about, mark } = modeShown(useSessions(), useCurrentSession(), session);
  if (at !== null) return <Badge tone="violet">AS IT WAS</Badge>;
  return (
    <span title={about}>
      <Badge tone={tone}>
        <span aria-hidden="true">{mark}</span>
        <strong>{name}</strong>
        <span className="max-md:sr-only">· {about}</span>
      </Badge>
    </span>
  );
}

function SessionPicker() {
  const view = useSessions();
  const current = useCurrentSession();
  const { setSession } = useMoment();
  if (view.phase !== 'there' || view.data.sessions.length === 0) return null;
  return (
    <label>
      <span className="sr-only">Session</span>
      <select
        className="control max-w-52 py-0 text-sm max-sm:max-w-36"
        value={current?.session ?? ''}
        onChange={(event) => setSession(event.target.value)}
      >
        {current === null ? <option value="">choose a session</option> : null}
        {view.data.sessions.toReversed().map(({ session, running }) => (
          <option key={session} value={session}>{`${running ? '●' : '○'} ${session}`}</option>
        ))}
      </select>
    </label>
  );
}

function Equity() {
  const { at } = useMoment();
  const view = useBook();
  const now = useCurrentSession();
  // Of now it is told also where figures below are frozen.
  const told = at === null ? now : view.phase === 'there' ? view.data.book : null;
  if (told === null || told.equity === null) return null;
  return (
    <p className="figure flex items-baseline gap-2 whitespace-nowrap">
      <span className="text-xs text-soft max-md:sr-only">Equity</span>
      <strong>{money(told.equity)}</strong>
      <span className="text-xs text-soft">{told.currency}</span>
      <span className="max-sm:hidden">
        <DayProfit />
      </span>
    </p>
  );
}

/** Days are those of UTC, as limits count them. */
const isToday = (time: string | null | undefined): boolean =>
  timeText(time, 'utc', 'day') === timeText(Date.now(), 'utc', 'day');

/** What was won since the day began. */
function DayProfit() {
  const session = useCurrentSession();
  const { at } = useMoment();
  const dayProfit = session?.dayProfit ?? null;
  // It is told of now only, and of a session whose last day was an earlier one there is none.
  if (dayProfit === null || at !== null || !isToday(session?.time)) return null;
  return (
    <>
      <Change value={dayProfit}>{money(dayProfit, { isSigned: true })}</Change>{' '}
      <span className="text-xs text-soft">today</span>
    </>
  );
}

function FeedHealth() {
  const { state, lostAtMs } = useConnection();
  const nowMs = useTick();
  const view = useSessions();
  const current = useCurrentSession();
  const { at } = useMoment();
  if (state === 'lost') return <Badge tone="bad">● server lost {duration(nowMs - (lostAtMs ?? nowMs))}</Badge>;
  if (current === null || at !== null) return null;
  if (!current.running) return <Badge>○ ended</Badge>;
  if (view.phase !== 'there') return null;
  const ageMs = current.ageMs === null ? null : current.ageMs + Math.max(0, nowMs - view.receivedAtMs);
  const isLate = ageMs === null || ageMs > lateAfterMs(current.timeframe);
  return (
    <Badge tone={isLate ? 'warn' : 'good'} title="Age of the newest market data, by the server’s clock">
      ● {isLate ? 'late' : 'live'} <span className="figure max-sm:sr-only">{duration(ageMs)}</span>
    </Badge>
  );
}

const GRACE_MS = 90_000;

/** A market that is told bar by bar is silent for as long as a bar takes. */
const lateAfterMs = (timeframe: string): number => GRACE_MS + (parseTimeframe(timeframe)?.ms ?? 0);

function Clock() {
  const nowMs = useTick();
  const { clock } = useAppearance();
  const { at } = useMoment();
  return (
    <button
      type="button"
      className="figure text-sm whitespace-nowrap text-soft hover:text-text max-sm:hidden"
      title="Change between UTC and local time"
      onClick={() => changeAppearance({ clock: clock === 'utc' ? 'local' : 'utc' })}
    >
      {timeText(at ?? nowMs, clock, at === null ? 'time' : 'second')} {clock === 'utc' ? 'UTC' : 'local'}
    </button>
  );
}
