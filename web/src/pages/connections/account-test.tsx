import { useState } from 'react';
import type { OutputOf } from '../../../../src/api/client/client.ts';
import type { ProblemError } from '../../../../src/api/client/problem.ts';
import { useCommand } from '../../desk/use-command.ts';
import { count, quantity } from '../../format/numerals.ts';
import { timeText } from '../../format/times.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Problem } from '../../parts/panel.tsx';
import { useAppearance } from '../../theme/appearance.ts';

type Tested = OutputOf<'account check'>;

const MOST_BALANCES = 6;
/** It was asked, and the venue or the objections to its key say no. */
const OBJECTED = new Set(['key-unfit', 'key-refused']);

interface AccountTestProps {
  readonly label: string;
  readonly name: string;
  readonly isDisabled: boolean;
  readonly again: () => void;
}

/** Connects with the keys of an account, and says beside it what came of that. Nothing is ordered. */
export function AccountTest({ label, name, isDisabled, again }: AccountTestProps) {
  const { clock } = useAppearance();
  const command = useCommand('account check', { isQuiet: true });
  const [accepted, setAccepted] = useState<readonly string[]>([]);
  const [tested, setTested] = useState<Tested | null>(null);
  const [askedAtMs, setAskedAtMs] = useState<number | null>(null);
  const run = async (): Promise<void> => {
    setTested(null);
    setAskedAtMs(Date.now());
    setTested(await command.run({ account: name, accept: [...accepted] }));
    // What the venue said of the key is noted, also where that was refused.
    again();
  };
  return (
    <div className="space-y-2">
      <Button size="small" disabled={isDisabled || command.isRunning} onClick={() => void run()}>
        {command.isRunning ? 'Connecting …' : `Test ${label}`}
      </Button>
      <div role="status" aria-label={`Test of ${label}`} className="text-sm">
        {askedAtMs === null || command.isRunning ? null : (
          <p className="flex flex-wrap items-center gap-2">
            {tested === null ? (
              <Badge tone="bad">{OBJECTED.has(command.problem?.code ?? '') ? 'refused' : 'not tested'}</Badge>
            ) : (
              <Badge tone="good">✓ connected</Badge>
            )}
            <span className="figure text-xs text-soft">tested {timeText(askedAtMs, clock)}</span>
          </p>
        )}
        {tested === null ? null : <Passed tested={tested} />}
        {command.problem === null ? null : (
          <Refused problem={command.problem} accepted={accepted} onAccepted={setAccepted} />
        )}
      </div>
    </div>
  );
}

/** What the venue told of an account whose keys it takes. */
function Passed({
  tested: { clockSkewMs, clockUncertaintyMs, balances, positions, openOrders, accepted },
}: {
  readonly tested: Tested;
}) {
  const held = balances.filter(({ free, locked }) => Number(free) !== 0 || Number(locked) !== 0);
  return (
    <>
      <p className="text-soft">
        {count(openOrders)} {openOrders === 1 ? 'open order' : 'open orders'}, {count(positions.length)}{' '}
        {positions.length === 1 ? 'position' : 'positions'}
        {clockSkewMs === null
          ? ''
          : `, clock ${count(Math.abs(Math.round(clockSkewMs)))} ms ${clockSkewMs < 0 ? 'behind' : 'ahead of'} ours, ± ${count(Math.round(clockUncertaintyMs ?? 0))} ms`}
      </p>
      {held.length === 0 ? (
        <p className="text-soft">It holds nothing.</p>
      ) : (
        <dl className="grid grid-cols-[1fr_auto] gap-x-3">
          {held.slice(0, MOST_BALANCES).map(({ asset, free, locked }) => (
            <div key={asset} className="contents">
              <dt>{asset}</dt>
              <dd className="figure">
                {quantity(free)}
                {Number(locked) === 0 ? '' : ` and ${quantity(locked)} locked`}
              </dd>
            </div>
          ))}
        </dl>
      )}
      {held.length > MOST_BALANCES ? <p className="text-soft">and {count(held.length - MOST_BALANCES)} more</p> : null}
      {accepted.length === 0 ? null : (
        <p className="text-warn">Taken upon yourself: {accepted.map(({ message }) => message).join('; ')}</p>
      )}
    </>
  );
}

interface RefusedProps {
  readonly problem: ProblemError;
  readonly accepted: readonly string[];
  readonly onAccepted: (words: readonly string[]) => void;
}

/** Why it was not tested, or not taken, and what to do about it here or at a terminal. */
function Refused({ problem, accepted, onAccepted }: RefusedProps) {
  const { code, message, details } = problem;
  const { command, expected } = details;
  if (code === 'passphrase-needed' && typeof command === 'string')
    return (
      <p>
        {message}. At a terminal of the machine that keeps the keys:{' '}
        <code className="rounded bg-raised px-1">{command}</code>
      </p>
    );
  if (code !== 'key-unfit' || !Array.isArray(expected) || expected.length === 0) return <Problem problem={problem} />;
  // Words that were given already are not asked for again, and stay given.
  const words = [...new Set([...accepted, ...expected.map(String)])];
  return (
    <div className="space-y-1">
      <p className="text-bad">{message}</p>
      <p className="text-soft">
        Make a key at the venue that may trade, may not withdraw and is bound to this address. Or take it upon yourself
        and test again:
      </p>
      {words.map((each) => (
        <label key={each} className="flex items-center gap-2">
          <input
            type="checkbox"
            checked={accepted.includes(each)}
            onChange={({ target }) =>
              onAccepted(target.checked ? [...accepted, each] : accepted.filter((known) => known !== each))
            }
          />
          {each}
        </label>
      ))}
    </div>
  );
}
