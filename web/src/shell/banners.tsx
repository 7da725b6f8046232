import { Link } from '@tanstack/react-router';
import { useConnection } from '../desk/connection.ts';
import { useCurrentSession, useSessions } from '../desk/current-session.ts';
import { useMoment } from '../desk/moment.ts';
import { standingOf } from '../desk/standing.ts';
import { freeze, useFrozenAtMs } from '../desk/streams.ts';
import { duration, timeText } from '../format/times.ts';
import { useTick } from '../parts/tick.ts';
import { useAppearance } from '../theme/appearance.ts';

/** What stands above every page where the desk is not connected, frozen or set back in time, or trading is held. */
export function Banners() {
  const { state, lostAtMs } = useConnection();
  const nowMs = useTick();
  const { at, setAt } = useMoment();
  const { clock } = useAppearance();
  const view = useSessions();
  const frozenAtMs = useFrozenAtMs();
  const latches = view.phase === 'there' ? view.data.latches.filter(({ level }) => level !== null) : [];
  return (
    <>
      {state === 'lost' ? (
        <p role="alert" className="bg-bad px-3 py-1 font-semibold text-ground">
          No connection to the server for {duration(nowMs - (lostAtMs ?? nowMs))}. Everything here is as it was then; it
          is being tried again.
        </p>
      ) : null}
      {state === 'lost' || view.phase === 'loading' || view.problem === undefined ? null : (
        <p role="alert" className="flex flex-wrap items-center gap-x-3 bg-bad px-3 py-1 font-semibold text-ground">
          <span>
            How sessions stand is not told any more
            {view.phase === 'there' ? `, and is as of ${duration(nowMs - view.receivedAtMs)} ago` : ''}:{' '}
            {view.problem.message}. It is being tried again.
          </span>
          {view.again === undefined ? null : (
            <button type="button" className="underline" onClick={view.again}>
              Try now
            </button>
          )}
        </p>
      )}
      <NoSuchTime />
      <NoSuchSession />
      <HeldBack />
      {frozenAtMs === null ? null : (
        <p role="status" className="flex flex-wrap items-center gap-3 bg-violet px-3 py-1 font-semibold text-ground">
          <span>
            Frozen since {timeText(frozenAtMs, clock, 'time')}: figures below do not change. Money, sessions and the
            kill switch at the top do.
          </span>
          <button type="button" className="rounded border border-ground px-2" onClick={() => freeze(false)}>
            Go on
          </button>
        </p>
      )}
      {at === null ? null : (
        <p role="status" className="flex flex-wrap items-center gap-3 bg-violet px-3 py-1 font-semibold text-ground">
          <span>
            As it stood on {timeText(at, clock)} {clock === 'utc' ? 'UTC' : ''}: nothing can be done here but to stop
            trading, which is done now.
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

/** Something else than a kill keeps the session that is looked at from trading: a limit that was reached, a fault. */
function HeldBack() {
  const current = useCurrentSession();
  if (current === null || !current.running || current.latched !== null) return null;
  const { name, tone, why } = standingOf(current);
  if (tone !== 'bad') return null;
  return (
    <p role="alert" className="flex flex-wrap items-center gap-x-3 bg-warn px-3 py-1 font-semibold text-ground">
      <span className="min-w-0 break-words">
        {current.session}: {name.toLowerCase()}, {why}.
      </span>
      <Link to="/risk" className="underline">
        Look and re-arm
      </Link>
    </p>
  );
}

/** The address has something else where a time should be: now is shown, and not silently. */
function NoSuchTime() {
  const { noTime, setAt } = useMoment();
  if (noTime === null) return null;
  return (
    <p role="alert" className="flex flex-wrap items-center gap-3 bg-warn px-3 py-1 font-semibold text-ground">
      <span className="min-w-0 break-words">
        The address has no time in at={noTime}, so that everything here is of now. A time is written as
        2026-01-31T13:05:00Z.
      </span>
      <button type="button" className="rounded border border-ground px-2" onClick={() => setAt(null)}>
        Stay at now
      </button>
    </p>
  );
}

/** The address names a session that is not here: nothing else takes its place unasked. */
function NoSuchSession() {
  const { session, setSession } = useMoment();
  const current = useCurrentSession();
  const view = useSessions();
  if (session === null || current !== null || view.phase !== 'there') return null;
  return (
    <p role="alert" className="flex flex-wrap items-center gap-3 bg-warn px-3 py-1 font-semibold text-ground">
      <span>There is no session {session} here.</span>
      {view.data.sessions.length === 0 ? null : (
        <button type="button" className="rounded border border-ground px-2" onClick={() => setSession(null)}>
          Look at the newest
        </button>
      )}
    </p>
  );
}
