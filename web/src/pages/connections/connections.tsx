import type { OutputOf } from '../../../../src/api/client/client.ts';
import { useMoment } from '../../desk/moment.ts';
import { useCommand } from '../../desk/use-command.ts';
import { useAnswer } from '../../desk/use-view.ts';
import { timeText } from '../../format/times.ts';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { HoldButton } from '../../parts/hold-button.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';
import { useAppearance } from '../../theme/appearance.ts';
import { AddAccount, ReplaceKeys } from './account-keys.tsx';

type Account = OutputOf<'account ls'>['accounts'][number];
type Venue = OutputOf<'venues'>['venues'][number];

const TONES: Readonly<Record<string, Tone>> = { live: 'warn', testnet: 'violet', local: 'accent' };

/** Accounts at venues without their keys, and what there is to connect to. */
export function Connections() {
  const accounts = useAnswer('account ls', {});
  const venues = useAnswer('venues', {});
  const known = venues.phase === 'there' ? venues.data.venues : [];
  return (
    <div className="grid items-start gap-3 xl:grid-cols-2">
      <h1 className="sr-only">Connections</h1>
      <Panel title="Accounts" className="xl:col-span-2" actions={<AddAccount venues={known} again={accounts.again} />}>
        <Shown
          view={accounts}
          again={accounts.again}
          isEmpty={({ accounts: all }) => all.length === 0}
          empty={
            <>
              No account yet. Add one here, or at a terminal:{' '}
              <code className="rounded bg-raised px-1">tradewright account add binance --label main --env testnet</code>
            </>
          }
        >
          {({ accounts: all }) => (
            <ul className="grid gap-3 md:grid-cols-2 xl:grid-cols-3">
              {all.map((account) => (
                <AccountCard key={account.id} account={account} venues={known} again={accounts.again} />
              ))}
            </ul>
          )}
        </Shown>
      </Panel>
      <Panel title="Venues" isFlush className="xl:col-span-2">
        <Shown view={venues} again={venues.again}>
          {({ venues: all }) => <DataTable label="Venues" rows={all} columns={VENUES} rowKey={({ id }) => id} />}
        </Shown>
      </Panel>
    </div>
  );
}

const VENUES: readonly Column<Venue>[] = [
  { name: 'Venue', cell: ({ name, title }) => <span title={title}>{name}</span>, sortBy: ({ name }) => name },
  { name: 'Past bars', cell: ({ history }) => (history.length === 0 ? '–' : history.join(', ')) },
  { name: 'Live data', cell: ({ feed }) => (feed ? <span className="text-good">✓ yes</span> : '–'), width: '7rem' },
  { name: 'Accounts', cell: ({ environments }) => (environments.length === 0 ? '–' : environments.join(', ')) },
  {
    name: 'Note',
    isWide: true,
    cell: ({ note }) => (
      <span className="text-soft" title={note ?? ''}>
        {note ?? ''}
      </span>
    ),
    width: 'minmax(10rem, 3fr)',
  },
];

interface AccountCardProps {
  readonly account: Account;
  readonly venues: readonly Venue[];
  readonly again: () => void;
}

function AccountCard({ account, venues, again }: AccountCardProps) {
  const { label, venue, environment, created, keysChanged, revoked, permissions } = account;
  const { clock } = useAppearance();
  const { at } = useMoment();
  const revoke = useCommand('account revoke', {
    done: () => `The keys of ${label} are forgotten. Revoke them at the venue, too.`,
  });
  return (
    <li className="rounded-md border p-3">
      <p className="flex flex-wrap items-center gap-2">
        <strong>{label}</strong> <span className="text-soft">{venue}</span>{' '}
        <Badge tone={TONES[environment] ?? 'plain'}>{environment.toUpperCase()}</Badge>
        {revoked === null ? null : <Badge tone="bad">revoked</Badge>}
      </p>
      <dl className="my-2 grid grid-cols-[1fr_auto] gap-x-3 text-sm">
        <dt className="text-soft">may trade</dt>
        <dd>{permissions === null ? 'not asked yet' : permissions.canTrade ? 'yes' : 'no'}</dd>
        <dt className="text-soft">may withdraw</dt>
        <dd className={permissions?.canWithdraw === true ? 'text-bad' : ''}>
          {permissions === null || permissions.canWithdraw === null
            ? 'not known'
            : permissions.canWithdraw
              ? 'YES'
              : 'no'}
        </dd>
        <dt className="text-soft">only from some addresses</dt>
        <dd>
          {permissions === null || permissions.ipRestricted === null
            ? 'not known'
            : permissions.ipRestricted
              ? 'yes'
              : 'no'}
        </dd>
        <dt className="text-soft">added</dt>
        <dd className="figure">{timeText(created, clock, 'day')}</dd>
        <dt className="text-soft">keys changed</dt>
        <dd className="figure">{timeText(keysChanged, clock, 'day')}</dd>
        <dt className="text-soft">keys lie</dt>
        <dd>encrypted, AES-256-GCM</dd>
      </dl>
      {revoked === null ? (
        <div className="flex flex-wrap gap-2">
          <ReplaceKeys account={account} venues={venues} again={again} />
          <HoldButton
            isDisabled={at !== null || revoke.isRunning}
            className="py-1 text-sm"
            onHeld={() => void revoke.run({ label }).then(again)}
          >
            Hold to forget its keys
          </HoldButton>
        </div>
      ) : null}
    </li>
  );
}
