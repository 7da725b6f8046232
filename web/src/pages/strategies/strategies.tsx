import { getRouteApi, Link } from '@tanstack/react-router';
import type { OutputOf } from '../../../../src/api/client/client.ts';
import { useSessions } from '../../desk/current-session.ts';
import { useAnswer } from '../../desk/use-view.ts';
import { money } from '../../format/numerals.ts';
import { textOf } from '../../format/words.ts';
import { Badge } from '../../parts/badge.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Change } from '../../parts/figure.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';
import { StandingBadge } from '../../parts/standing-badge.tsx';
import { Candidates } from './candidates.tsx';
import { SessionControls } from './session-controls.tsx';

type Strategy = OutputOf<'strategies'>['strategies'][number];
type Parameter = Strategy['params'][number];

const route = getRouteApi('/strategies');

/** The catalogue of strategies; of the chosen one its parameters, its sessions, and how far it has come. */
export function Strategies() {
  const view = useAnswer('strategies', {});
  const { strategy } = route.useSearch() as { readonly strategy?: string };
  const navigate = route.useNavigate();
  const chosen =
    view.phase === 'there'
      ? (view.data.strategies.find(({ id }) => id === strategy) ?? view.data.strategies[0])
      : undefined;
  return (
    <div className="grid items-start gap-3 lg:grid-cols-[18rem_1fr]">
      <h1 className="sr-only">Strategies</h1>
      <Panel title="Catalogue">
        <Shown view={view} again={view.again} lines={8} isEmpty={({ strategies }) => strategies.length === 0}>
          {({ strategies }) => (
            <ul className="-m-1 space-y-0.5">
              {strategies.map(({ id, about }) => (
                <li key={id}>
                  <button
                    type="button"
                    aria-current={id === chosen?.id}
                    className="w-full rounded-md px-2 py-1.5 text-left hover:bg-raised aria-[current=true]:bg-accent/15"
                    onClick={() =>
                      void navigate({ search: ((known: object) => ({ ...known, strategy: id })) as never })
                    }
                  >
                    <strong className="font-semibold">{id}</strong>
                    <span className="block truncate text-xs text-soft" title={about}>
                      {about}
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          )}
        </Shown>
      </Panel>
      {chosen === undefined ? null : (
        <div className="grid items-start gap-3 xl:grid-cols-2">
          <About strategy={chosen} />
          <AtWork strategy={chosen.id} />
          <Candidates strategy={chosen.id} />
        </div>
      )}
    </div>
  );
}

const PARAMETERS: readonly Column<Parameter>[] = [
  { name: 'Parameter', cell: ({ name }) => name, width: 'minmax(7rem, 1.5fr)' },
  { name: 'Kind', cell: ({ kind }) => <span className="text-soft">{kind}</span> },
  { name: 'Default', align: 'right', cell: (row) => textOf(row.default) },
  {
    name: 'Range',
    align: 'right',
    isWide: true,
    cell: ({ min, max, step, options }) =>
      options.length > 0 ? options.join(', ') : `${min ?? '…'} to ${max ?? '…'}${step === null ? '' : `, by ${step}`}`,
    width: 'minmax(9rem, 2fr)',
  },
];

function About({ strategy: { id, version, about, failsWhen, feeds, params } }: { readonly strategy: Strategy }) {
  return (
    <Panel
      title={id}
      unit={`version ${version}`}
      actions={
        <Link
          to="/backtests"
          search={((known: object) => ({ ...known, strategy: id })) as never}
          className="text-accent underline"
        >
          run a backtest
        </Link>
      }
    >
      <p>{about}</p>
      <p className="mt-2 text-soft">
        <strong className="text-text">Fails when:</strong> {failsWhen}
      </p>
      <p className="my-2 flex flex-wrap gap-2">
        {feeds.map(({ name, bars, symbol }) => (
          <Badge key={name}>
            {name}: {bars}
            {symbol === null ? '' : ` of ${symbol}`}
          </Badge>
        ))}
      </p>
      <DataTable label="Parameters" rows={params} columns={PARAMETERS} rowKey={({ name }) => name} />
    </Panel>
  );
}

/** Sessions that run it or ran it, with their deeds. */
function AtWork({ strategy }: { readonly strategy: string }) {
  const view = useSessions();
  return (
    <Panel title="At work" isOfNow>
      <Shown
        view={view}
        isEmpty={({ sessions }) => !sessions.some((each) => each.strategy === strategy)}
        empty={
          <>
            No session runs it. On the command line:{' '}
            <code className="rounded bg-raised px-1">
              tradewright paper {strategy} --venue local --symbols BTCUSDT --detach
            </code>
          </>
        }
      >
        {({ sessions }) => (
          <ul className="space-y-2">
            {sessions
              .filter((each) => each.strategy === strategy)
              .toReversed()
              .slice(0, 5)
              .map((session) => (
                <li key={session.session} className="rounded-md border p-2">
                  <p className="flex flex-wrap items-center gap-2">
                    <strong className="min-w-0 truncate font-semibold">{session.session}</strong>
                    <StandingBadge session={session} />
                    <span className="ml-auto">
                      <Change value={session.profit}>{money(session.profit, { isSigned: true })}</Change>{' '}
                      <span className="text-xs text-soft">{session.currency}</span>
                    </span>
                  </p>
                  <p className="text-sm text-soft">
                    {session.venue} · {session.symbols.join(', ')} · {session.timeframe} · {session.fills} fills
                  </p>
                  {session.running ? <SessionControls session={session.session} /> : null}
                </li>
              ))}
          </ul>
        )}
      </Shown>
    </Panel>
  );
}
