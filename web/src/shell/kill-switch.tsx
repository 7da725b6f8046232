import { OctagonX } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { OutputOf } from '../../../src/api/client/client.ts';
import { useCurrentSession } from '../desk/current-session.ts';
import { useMoment } from '../desk/moment.ts';
import { useCommand } from '../desk/use-command.ts';
import { CommandProblem } from '../parts/command-problem.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { HoldButton } from '../parts/hold-button.tsx';
import { LADDER, type Level, reachText, useFigures, useReach, type Where } from './kill-reach.ts';
import { modeOf } from './mode.ts';

/** Opens the switch from anywhere: the key that is held, the palette. */
export const OPEN_KILL = 'tradewright:open-kill';

/** The way out, always at the same place, and always open: also where the desk is set back in time, it acts now. */
export function KillSwitch() {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const open = (): void => setOpen(true);
    addEventListener(OPEN_KILL, open);
    return () => removeEventListener(OPEN_KILL, open);
  }, []);
  return (
    <>
      <button
        type="button"
        onClick={() => setOpen(true)}
        title="Stop trading (hold K)"
        className="rounded-md border-2 border-bad bg-bad/15 px-3 py-1 font-bold tracking-wide text-bad hover:bg-bad/30"
      >
        <OctagonX aria-hidden="true" className="mr-1 inline size-4 align-[-3px]" />
        KILL
      </button>
      {isOpen ? <KillDialog onClose={() => setOpen(false)} /> : null}
    </>
  );
}

/** What is typed for everything, where real money is among it. */
const EVERYTHING = 'everything';

function KillDialog({ onClose }: { readonly onClose: () => void }) {
  const current = useCurrentSession();
  const { at } = useMoment();
  const [level, setLevel] = useState<Level>('flatten');
  const [chosen, setChosen] = useState<Where>('session');
  // What cannot be meant is not chosen, and the form shows what will be done.
  const where: Where = current === null ? 'system' : chosen;
  const reach = useReach(where);
  const now = useFigures(where, reach);
  const live = reach?.filter((each) => modeOf(each).name === 'LIVE') ?? null;
  // Real money may be where nothing is known.
  const isLive = live === null || live.length > 0;
  const word = where === 'system' ? EVERYTHING : (current?.account ?? current?.session ?? '');
  const [reason, setReason] = useState('by hand, at the desk');
  const [typed, setTyped] = useState('');
  const [result, setResult] = useState<OutputOf<'kill'> | null>(null);
  const kill = useCommand('kill', { isQuiet: true });
  const isConfirmed = !isLive || typed === word;
  const fire = (): void =>
    void kill
      .run({
        level,
        reason,
        ...(where === 'session' && current !== null ? { session: current.session } : { scope: 'system' as const }),
      })
      .then((output) => setResult(output));

  return (
    <Dialog
      title="Stop trading"
      about={`The level holds until somebody re-arms it, across restarts.${at === null ? '' : ' It acts now, and its figures are of now, whatever moment the desk shows.'}`}
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
          <fieldset className="flex min-w-0 flex-wrap gap-4">
            <legend className="mb-1 font-semibold">Where</legend>
            <label className="flex max-w-full items-center gap-2">
              <input
                type="radio"
                name="scope"
                checked={where === 'session'}
                disabled={current === null}
                onChange={() => setChosen('session')}
              />
              <span className="min-w-0">
                {current === null
                  ? 'The account of a session (none is looked at)'
                  : `The account of session ${current.session}`}
              </span>
            </label>
            <label className="flex items-center gap-2">
              <input type="radio" name="scope" checked={where === 'system'} onChange={() => setChosen('system')} />
              Everything
            </label>
            <p className="min-w-0 basis-full text-sm text-soft">{reachText(reach)}</p>
          </fieldset>
          <label className="block">
            <span className="font-semibold">Why</span>
            <input className="control mt-1" value={reason} onChange={(event) => setReason(event.target.value)} />
          </label>
          {isLive ? (
            <label className="block">
              <span className="font-semibold">
                {where === 'system' ? 'Type the word' : 'Type the account’s name'}: {word}
              </span>
              <span className="block text-sm text-soft">
                {live === null
                  ? 'Which sessions there are is not known: real money may be among them.'
                  : `Real money: ${live.map(({ session }) => session).join(', ')}.`}
              </span>
              <input
                className="control mt-1"
                value={typed}
                autoComplete="off"
                onChange={(event) => setTyped(event.target.value)}
              />
            </label>
          ) : null}
          <CommandProblem command={kill} />
          <HoldButton
            onHeld={fire}
            isDisabled={kill.isRunning || reason === '' || !isConfirmed}
            className="w-full py-3"
          >
            {kill.isRunning
              ? 'Working on it …'
              : `Hold to ${LADDER.find((each) => each.level === level)!
                  .name.slice(4)
                  .toLowerCase()}${where === 'system' ? ' everything' : ''}`}
          </HoldButton>
        </form>
      ) : (
        <KillResult result={result} />
      )}
    </Dialog>
  );
}

/** What a level that ends orders or positions has not ended yet. A lower one leaves them, and nothing is said of how many there are. */
function leftText(level: OutputOf<'kill'>['latch']['level'], orders: number | null, positions: number | null): string {
  if (level === 'flatten') return `; ${orders ?? 0} orders and ${positions ?? 0} positions left`;
  return level === 'cancel-all' ? `; ${orders ?? 0} orders left` : '';
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
                ? `heeded${leftText(latch.level, ordersLeft, positionsLeft)}`
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
