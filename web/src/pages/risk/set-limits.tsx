import { type FormEvent, useState } from 'react';
import type { InputOf, UpdateOf } from '../../../../src/api/client/client.ts';
import type { ProblemError } from '../../../../src/api/client/problem.ts';
import { useCurrentSession } from '../../desk/current-session.ts';
import { type DryRun, tryOut } from '../../desk/dry-run.ts';
import { useMoment } from '../../desk/moment.ts';
import { problemOf } from '../../desk/streams.ts';
import { useCommand } from '../../desk/use-command.ts';
import { useStream } from '../../desk/use-view.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';
import { Panel, Problem, Shown } from '../../parts/panel.tsx';
import { Would } from '../../parts/would.tsx';
import { nameOf, unitOf, valueText } from './limit-names.ts';

type Limits = UpdateOf<'limits show'>['limits'];
type Given = InputOf<'limits set'>;

interface Asked {
  readonly input: Given;
  /** Limits that were in force then. */
  readonly inForce: string;
  readonly answer: DryRun | ProblemError;
}

/** Changes limits of the session that is looked at: first what it would do, then, where more would pass than before, the scope typed once more. */
export function SetLimits() {
  const current = useCurrentSession();
  const view = useStream(current === null ? null : 'limits show', { session: current?.session ?? '', follow: true });
  return (
    <Panel title="Change limits" isOfNow>
      {current === null ? (
        <p className="text-soft">No session, so no limits of one.</p>
      ) : current.running ? (
        <Shown view={view} lines={5}>
          {({ limits }) => <SetLimitsForm key={current.session} session={current.session} limits={limits} />}
        </Shown>
      ) : (
        <p className="text-soft">A session that does not run keeps its limits: start it again, then change them.</p>
      )}
    </Panel>
  );
}

function SetLimitsForm({ session, limits }: { readonly session: string; readonly limits: Limits }) {
  const current = useCurrentSession();
  const { at } = useMoment();
  const [values, setValues] = useState<readonly (readonly [limit: string, value: string])[]>([['', '']]);
  const [scope, setScope] = useState<'account' | 'strategy' | 'instrument'>('account');
  const [target, setTarget] = useState('');
  const [reason, setReason] = useState('');
  const [confirm, setConfirm] = useState('');
  const [asked, setAsked] = useState<Asked | null>(null);
  const set = useCommand('limits set', {
    isQuiet: true,
    done: ({ place, sessions }) =>
      `${sessions.flatMap(({ changes }) => changes).length} limits of ${place} are changed.`,
  });
  const change = (index: number, next: readonly [string, string]): void =>
    setValues((known) => known.map((each, k) => (k === index ? next : each)));
  const given: Given = {
    ...{ session, reason, values: Object.fromEntries(values.filter(([limit]) => limit !== '')) },
    ...(scope === 'account' ? {} : { scope, target }),
  };
  const inForce = JSON.stringify(values.map(([limit]) => limits.find((each) => each.limit === limit)?.value));
  // What was tried out is what is set; a change of the form has to be tried again, and so has what somebody else changed meanwhile.
  const tried =
    asked !== null && asked.inForce === inForce && JSON.stringify(asked.input) === JSON.stringify(given)
      ? asked.answer
      : null;
  const isLooser = tried !== null && 'rules' in tried && tried.refusal?.code === 'not-confirmed';
  const mayBeSet = tried !== null && 'rules' in tried && (tried.allowed === true || (isLooser && confirm !== ''));
  const tryIt = (): void => {
    const keep = (answer: Asked['answer']): void => setAsked({ input: given, inForce, answer });
    tryOut('limits set', given).then(keep, (error: unknown) => keep(problemOf(error)));
  };
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (!mayBeSet) {
      tryIt();
      return;
    }
    void set.run({ ...given, ...(isLooser ? { confirm } : {}) }).then((output) => {
      if (output === null) {
        // It was allowed when it was tried, and is not now: what it takes now has to be told.
        if (!isLooser) tryIt();
        return;
      }
      setValues([['', '']]);
      setReason('');
      setConfirm('');
      setAsked(null);
    });
  };
  const isOff = at !== null || set.isRunning;
  return (
    <form className="space-y-3" onSubmit={send}>
      {values.map(([limit, value], k) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line is what stands at its place.
        <div key={k} className="grid grid-cols-[2fr_1fr] gap-2">
          <Field label="Limit" about={limit === '' ? undefined : `now ${nowText(limits, limit)}`}>
            {(of) => (
              <select
                {...of}
                className="control"
                value={limit}
                required
                onChange={(event) => change(k, [event.target.value, value])}
              >
                <option value="">–</option>
                {limits.map((each) => (
                  <option key={each.limit} value={each.limit}>
                    {nameOf(each.limit)}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <Field label={`New value${unitOf(limit) === '' ? '' : `, ${unitOf(limit)}`}`} about="or off">
            {(of) => (
              <input
                {...of}
                className="control"
                value={value}
                required
                autoComplete="off"
                onChange={(event) => change(k, [limit, event.target.value])}
              />
            )}
          </Field>
        </div>
      ))}
      <div className="flex flex-wrap gap-2">
        <Button size="small" kind="quiet" onClick={() => setValues((known) => [...known, ['', '']])}>
          One more
        </Button>
        {values.length > 1 ? (
          <Button size="small" kind="quiet" onClick={() => setValues((known) => known.slice(0, -1))}>
            One less
          </Button>
        ) : null}
      </div>
      <div className="grid grid-cols-2 gap-2">
        <Field label="Whose">
          {(of) => (
            <select
              {...of}
              className="control"
              value={scope}
              onChange={(event) => {
                const next = event.target.value as typeof scope;
                setScope(next);
                setTarget(next === 'strategy' ? (current?.strategy ?? '') : (current?.symbols[0] ?? ''));
              }}
            >
              <option value="account">the account’s</option>
              <option value="strategy">a strategy’s own</option>
              <option value="instrument">an instrument’s own</option>
            </select>
          )}
        </Field>
        {scope === 'account' ? null : (
          <Field label={scope === 'strategy' ? 'Strategy' : 'Instrument'}>
            {(of) => (
              <input
                {...of}
                className="control"
                value={target}
                required
                onChange={(event) => setTarget(event.target.value)}
              />
            )}
          </Field>
        )}
      </div>
      <Field label="Why, for the journal">
        {(of) => (
          <input
            {...of}
            className="control"
            value={reason}
            required
            autoComplete="off"
            onChange={(event) => setReason(event.target.value)}
          />
        )}
      </Field>
      <div aria-live="polite" className="space-y-2">
        {tried === null ? null : 'rules' in tried ? <Trial trial={tried} /> : <Problem problem={tried} />}
      </div>
      {isLooser ? (
        <Field label="Type the scope that is named above: more would pass than now">
          {(of) => (
            <input
              {...of}
              className="control"
              value={confirm}
              autoComplete="off"
              onChange={(event) => setConfirm(event.target.value)}
            />
          )}
        </Field>
      ) : null}
      {set.problem === null ? null : <Problem problem={set.problem} />}
      <Button type="submit" kind="main" disabled={isOff || (isLooser && confirm === '')}>
        {mayBeSet || isLooser ? 'Set limits' : 'See what it would do'}
      </Button>
    </form>
  );
}

function nowText(limits: Limits, limit: string): string {
  const known = limits.find((each) => each.limit === limit);
  return known === undefined ? 'not known' : valueText(limit, known.value);
}

/** What would change and what would be above then, sentence by sentence. */
function Trial({ trial: { would, allowed, refusal } }: { readonly trial: DryRun }) {
  const isLooser = refusal?.code === 'not-confirmed';
  return (
    <div className="rounded-md border p-2 text-sm">
      <Badge tone={allowed === true ? 'good' : isLooser ? 'warn' : 'bad'}>
        {allowed === true ? 'allowed' : isLooser ? 'to be confirmed' : 'refused'}
      </Badge>{' '}
      {refusal === null ? null : <span className="break-words">{refusal.message}</span>}
      {allowed === true || isLooser ? <p className="mt-1">It would:</p> : null}
      <Would sentences={would} />
    </div>
  );
}
