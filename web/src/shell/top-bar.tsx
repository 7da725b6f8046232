import { Link } from '@tanstack/react-router';
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
import { modeOf } from './mode.ts';

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
  const { at } = useMoment();
  const { name, tone, about, mark } = modeOf(useCurrentSession());
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
  if (view.phase !== 'there' || current === null) return null;
  return (
    <label className="max-sm:sr-only">
      <span className="sr-only">Session</span>
      <select
        className="control max-w-52 py-0 text-sm"
        value={current.session}
        onChange={(event) => setSession(event.target.value)}
      >
        {view.data.sessions.toReversed().map(({ session, running }) => (
          <option key={session} value={session}>{`${running ? '●' : '○'} ${session}`}</option>
        ))}
      </select>
    </label>
  );
}

function Equity() {
  const view = useBook();
  const book = view.phase === 'there' ? view.data.book : null;
  if (book === null) return null;
  return (
    <p className="figure flex items-baseline gap-2 whitespace-nowrap">
      <span className="text-xs text-soft max-md:sr-only">Equity</span>
      <strong>{money(book.equity)}</strong>
      <span className="text-xs text-soft">{book.currency}</span>
      <span className="max-sm:hidden">
        <DayProfit />
      </span>
    </p>
  );
}

/** What was won since the day began. */
function DayProfit() {
  const dayProfit = useCurrentSession()?.dayProfit ?? null;
  if (dayProfit === null) return null;
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
  const current = useCurrentSession();
  const { at } = useMoment();
  if (state === 'lost') return <Badge tone="bad">● server lost {duration(nowMs - (lostAtMs ?? nowMs))}</Badge>;
  if (current === null || at !== null) return null;
  if (!current.running) return <Badge>○ ended</Badge>;
  const ageMs = current.time === null ? null : Math.max(0, nowMs - Date.parse(current.time));
  const isLate = ageMs === null || ageMs > 90_000;
  return (
    <Badge tone={isLate ? 'warn' : 'good'} title="Age of the newest market data">
      ● {isLate ? 'late' : 'live'} <span className="figure max-sm:sr-only">{duration(ageMs)}</span>
    </Badge>
  );
}

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

/** What stands above every page where the desk is not connected, or set back in time, or trading is held. */
export function Banners() {
  const { state, lostAtMs } = useConnection();
  const nowMs = useTick();
  const { at, setAt } = useMoment();
  const { clock } = useAppearance();
  const view = useSessions();
  const latches = view.phase === 'there' ? view.data.latches.filter(({ level }) => level !== null) : [];
  return (
    <>
      {state === 'lost' ? (
        <p role="alert" className="bg-bad px-3 py-1 font-semibold text-ground">
          No connection to the server for {duration(nowMs - (lostAtMs ?? nowMs))}. Everything here is as it was then; it
          is being tried again.
        </p>
      ) : null}
      {at === null ? null : (
        <p role="status" className="flex flex-wrap items-center gap-3 bg-violet px-3 py-1 font-semibold text-ground">
          <span>
            As it stood on {timeText(at, clock)} {clock === 'utc' ? 'UTC' : ''}: nothing can be done here.
          </span>
          <button type="button" className="rounded border border-ground px-2" onClick={() => setAt(null)}>
            Back to now
          </button>
        </p>
      )}
      {latches.length === 0 ? null : (
        <p role="alert" className="flex flex-wrap items-center gap-x-3 bg-warn px-3 py-1 font-semibold text-ground">
          <span>
            Trading is held:{' '}
            {latches
              .map(
                ({ level, scope, target }) =>
                  `${level} (${target === '' || target === '*' ? scope : `${scope} ${target}`})`,
              )
              .join(', ')}
            .
          </span>
          <Link to="/risk" className="underline">
            Look and re-arm
          </Link>
        </p>
      )}
    </>
  );
}
