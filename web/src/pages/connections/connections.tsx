import type { OutputOf } from '../../../../src/api/client/client.ts';
import { useIdentity } from '../../desk/identity.ts';
import { useAnswer } from '../../desk/use-view.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';
import { type Account, AccountCard } from './account-card.tsx';
import { AddAccount } from './account-keys.tsx';
import { Channels } from './channels.tsx';
import { Providers } from './providers.tsx';

type Venue = OutputOf<'venues'>['venues'][number];

/** Accounts at venues, providers of language models and channels without their secrets, and what there is to connect to. */
export function Connections() {
  const accounts = useAnswer('account ls', {});
  const venues = useAnswer('venues', {});
  const known = venues.phase === 'there' ? venues.data.venues : [];
  const identity = useIdentity();
  const isAdmin = identity.phase === 'there' && identity.data.scopes.includes('admin');
  return (
    <div className="grid items-start gap-3 xl:grid-cols-2">
      <h1 className="sr-only">Connections</h1>
      <Panel
        title="Accounts"
        className="xl:col-span-2"
        actions={<AddAccount venues={known} isAdmin={isAdmin} again={accounts.again} />}
      >
        {isAdmin || identity.phase !== 'there' ? null : (
          <p className="mb-3 text-soft">
            Adding and testing an account, replacing and forgetting its keys need the scope admin,{' '}
            {identity.data.signedIn ? (
              'which you do not have: sign in as somebody who has it, or do it at a terminal with '
            ) : (
              <>
                which nobody has here who has not signed in: start the server with <Command>--require-key</Command> and
                sign in, or do it at a terminal with{' '}
              </>
            )}
            <Command>tradewright account check</Command> and <Command>tradewright account revoke</Command>.
          </p>
        )}
        <Shown
          view={accounts}
          again={accounts.again}
          isEmpty={({ accounts: all }) => all.length === 0}
          empty={
            <>
              No account yet. {isAdmin ? 'Add one here, or at' : 'Add one at'} a terminal: how is told under{' '}
              <em>Keys at a terminal</em>.
            </>
          }
        >
          {({ accounts: all }) => (
            <ul className="grid items-start gap-3 md:grid-cols-2 xl:grid-cols-3">
              {all.map((account) => (
                <AccountCard
                  key={account.id}
                  account={account}
                  name={nameOf(account, all)}
                  isAdmin={isAdmin}
                  venues={known}
                  again={accounts.again}
                />
              ))}
            </ul>
          )}
        </Shown>
      </Panel>
      <Providers isAdmin={isAdmin} />
      <Channels isAdmin={isAdmin} />
      <Panel title="Keys at a terminal" className="xl:col-span-2">
        <p className="mb-2 text-soft">
          The same on the machine that keeps them, where they are asked for and not shown, and no browser is on the way.
          A venue is one of those below; live, testnet or local is said each time.
        </p>
        <dl className="grid gap-x-4 gap-y-1 text-sm md:grid-cols-[auto_1fr]">
          {HOW.map(([command, does]) => (
            <div key={command} className="contents">
              <dt className="min-w-0 break-words">
                <Command>{command}</Command>
              </dt>
              <dd className="text-soft max-md:mb-1">{does}</dd>
            </div>
          ))}
        </dl>
      </Panel>
      <Panel title="Venues" isFlush className="xl:col-span-2">
        <Shown view={venues} again={venues.again}>
          {({ venues: all }) => <DataTable label="Venues" rows={all} columns={VENUES} rowKey={({ id }) => id} />}
        </Shown>
      </Panel>
    </div>
  );
}

const HOW: readonly (readonly [string, string])[] = [
  ['tradewright account add binance --label main --env testnet', 'tries the keys, then keeps them encrypted'],
  ['tradewright account rotate main', 'puts new keys in the place of the old ones'],
  ['tradewright account check main', 'tests it, asking for the passphrase where the vault has one'],
  ['tradewright provider add xai grok', 'asks a provider of language models, then keeps its key encrypted'],
  ['tradewright channel add webhook desk --url https://…', 'makes its secret and shows it once'],
  ['tradewright account rekey --key-file FILE', 'locks all of them with another master key'],
];

function Command({ children }: { readonly children: string }) {
  return <code className="rounded bg-raised px-1">{children}</code>;
}

/** Two accounts that are called the same are told apart by their ids. */
function nameOf({ id, label }: Account, all: readonly Account[]): string {
  return all.filter((each) => each.label === label && each.revoked === null).length > 1 ? id : label;
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
