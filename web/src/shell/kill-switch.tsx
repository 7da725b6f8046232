import { OctagonX } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { InputOf, OutputOf } from '../../../src/api/client/client.ts';
import { useBook, useCurrentSession } from '../desk/current-session.ts';
import { useMoment } from '../desk/moment.ts';
import { useCommand } from '../desk/use-command.ts';
import { money } from '../format/numerals.ts';
import { Dialog } from '../parts/dialog.tsx';
import { HoldButton } from '../parts/hold-button.tsx';
import { Problem } from '../parts/panel.tsx';
import { modeOf } from './mode.ts';

type Level = InputOf<'kill'>['level'];

/** Opens the switch from anywhere: the key that is held, the palette. */
export const OPEN_KILL = 'tradewright:open-kill';

/** The way out, always at the same place. */
export function KillSwitch() {
  const [isOpen, setOpen] = useState(false);
  const { at } = useMoment();
  useEffect(() => {
    const open = (): void => setOpen(true);
    addEventListener(OPEN_KILL, open);
    return () => removeEventListener(OPEN_KILL, open);
  }, []);
  return (
    <>
      <button
        type="button"
        disabled={at !== null}
        onClick={() => setOpen(true)}
        title="Stop trading (hold K)"
        className="rounded-md border-2 border-bad bg-bad/15 px-3 py-1 font-bold tracking-wide text-bad hover:bg-bad/30 disabled:opacity-50"
      >
        <OctagonX aria-hidden="true" className="mr-1 inline size-4 align-[-3px]" />
        KILL
      </button>
      {isOpen ? <KillDialog onClose={() => setOpen(false)} /> : null}
    </>
  );
}

/** The ladder: each level includes those before it. What it will do, in numbers of now. */
const LADDER: readonly { readonly level: Level; readonly name: string; readonly does: (now: Now) => string }[] = [
  { level: 'pause', name: '1 · Pause', does: () => 'Strategies are paused. Orders and stops stay.' },
  {
    level: 'reduce',
    name: '2 · Reduce only',
    does: ({ positions }) => `Only orders that lower a position pass (${positions} open).`,
  },
  {
    level: 'halt',
    name: '3 · Halt',
    does: ({ orders }) => `No new order, no amendment. Cancels pass; ${orders} open orders stay.`,
  },
  {
    level: 'cancel-all',
    name: '4 · Cancel all',
    does: ({ orders }) => `All ${orders} open orders are canceled, protective stops included.`,
  },
  {
    level: 'flatten',
    name: '5 · Flatten',
    does: ({ positions, exposure }) => `All ${positions} positions (${exposure}) are closed at market.`,
  },
];

interface Now {
  readonly orders: number;
  readonly positions: number;
  readonly exposure: string;
}

function KillDialog({ onClose }: { readonly onClose: () => void }) {
  const current = useCurrentSession();
  const view = useBook();
  const book = view.phase === 'there' ? view.data.book : null;
  const isLive = modeOf(current).name === 'LIVE';
  const account = current?.account ?? current?.session ?? '';
  const [level, setLevel] = useState<Level>('flatten');
  const [scope, setScope] = useState<'session' | 'system'>('session');
  const [reason, setReason] = useState('by hand, at the desk');
  const [typed, setTyped] = useState('');
  const [result, setResult] = useState<OutputOf<'kill'> | null>(null);
  const kill = useCommand('kill', { isQuiet: true });
  const now: Now = {
    orders: book?.openOrders.length ?? 0,
    positions: book?.positions.length ?? 0,
    exposure: `${money(book?.positions.reduce((sum, { quantity, price }) => sum + Math.abs(Number(quantity) * price), 0) ?? 0)} ${book?.currency ?? ''}`,
  };
  const isConfirmed = !isLive || typed === account;
  const fire = (): void =>
    void kill
      .run({
        level,
        reason,
        ...(scope === 'session' && current !== null ? { session: current.session } : { scope: 'system' as const }),
      })
      .then((output) => setResult(output));

  return (
    <Dialog
      title="Stop trading"
      about="The level holds until somebody re-arms it, across restarts."
      isOpen
      onClose={onClose}
    >
      {result === null ? (
        <form className="space-y-4" onSubmit={(event) => event.preventDefault()}>
          <fieldset className="space-y-1">
            <legend className="mb-1 font-semibold">How far</legend>
            {LADDER.map(({ level: each, name, does }) => (
              <label
                key={each}
                className={`flex cursor-pointer items-start gap-2 rounded-md border px-3 py-2 ${each === level ? 'border-bad bg-bad/10' : ''}`}
              >
                <input
                  type="radio"
                  name="level"
                  className="mt-1 accent-bad"
                  checked={each === level}
                  onChange={() => setLevel(each)}
                />
                <span>
                  <span className="font-semibold">{name}</span>
                  <span className="block text-sm text-soft">{does(now)}</span>
                </span>
              </label>
            ))}
          </fieldset>
          <fieldset className="flex flex-wrap gap-4">
            <legend className="mb-1 font-semibold">Where</legend>
            <label className="flex items-center gap-2">
              <input
                type="radio"
                name="scope"
                checked={scope === 'session'}
                disabled={current === null}
                onChange={() => setScope('session')}
              />
              The account of session {current?.session ?? '–'}
            </label>
            <label className="flex items-center gap-2">
              <input type="radio" name="scope" checked={scope === 'system'} onChange={() => setScope('system')} />
              Everything
            </label>
          </fieldset>
          <label className="block">
            <span className="font-semibold">Why</span>
            <input className="control mt-1" value={reason} onChange={(event) => setReason(event.target.value)} />
          </label>
          {isLive ? (
            <label className="block">
              <span className="font-semibold">Type the account’s name: {account}</span>
              <input
                className="control mt-1"
                value={typed}
                autoComplete="off"
                onChange={(event) => setTyped(event.target.value)}
              />
            </label>
          ) : null}
          {kill.problem === null ? null : <Problem problem={kill.problem} />}
          <HoldButton
            onHeld={fire}
            isDisabled={kill.isRunning || reason === '' || !isConfirmed}
            className="w-full py-3"
          >
            {kill.isRunning
              ? 'Working on it …'
              : `Hold to ${LADDER.find((each) => each.level === level)!
                  .name.slice(4)
                  .toLowerCase()}`}
          </HoldButton>
        </form>
      ) : (
        <KillResult result={result} />
      )}
    </Dialog>
  );
}

function KillResult({ result }: { readonly result: OutputOf<'kill'> }) {
  const { latch, sessions, accounts, faults, verified } = result;
  return (
    <div className="space-y-3" role="status">
      <p className={`font-semibold ${verified ? 'text-good' : 'text-bad'}`}>
        {verified
          ? `✓ ${latch.level} holds, and is done.`
          : `✗ ${latch.level} holds, but not everything is proven to be done.`}
      </p>
      <ul className="list-disc space-y-1 pl-5 text-sm">
        {sessions.map(({ session, running, answered, ordersLeft, positionsLeft }) => (
          <li key={session}>
            {session}:{' '}
            {!running
              ? 'does not run; heeds it at its next start'
              : answered
                ? `heeded; ${ordersLeft ?? 0} orders and ${positionsLeft ?? 0} positions left`
                : 'has not answered'}
          </li>
        ))}
        {accounts.map(({ account, verified: isDone, left }) => (
          <li key={account}>
            {account}: emptied at the venue,{' '}
            {isDone ? 'verified' : `left: ${left.map(({ symbol, why }) => `${symbol} (${why})`).join(', ')}`}
          </li>
        ))}
        {faults.map((fault) => (
          <li key={fault} className="text-bad">
            {fault}
          </li>
        ))}
      </ul>
      <p className="text-sm text-soft">Trading goes on once somebody re-arms it on the page Risk.</p>
    </div>
  );
}
