import { type FormEvent, useEffect, useState } from 'react';
import type { InputOf } from '../../../../src/api/client/client.ts';
import type { ProblemError } from '../../../../src/api/client/problem.ts';
import { servedOperation } from '../../../../src/api/client/served.ts';
import { shapeOf } from '../../../../src/api/field-shape.ts';
import { useSessions } from '../../desk/current-session.ts';
import { type DryRun, tryOut } from '../../desk/dry-run.ts';
import { useMoment } from '../../desk/moment.ts';
import { problemOf } from '../../desk/streams.ts';
import { useCommand } from '../../desk/use-command.ts';
import { useAnswer } from '../../desk/use-view.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { fieldOf, wrongAt } from '../../parts/field.tsx';
import { SchemaField, typedValue } from '../../parts/operation-form.tsx';
import { Panel, Problem } from '../../parts/panel.tsx';
import { Would } from '../../parts/would.tsx';
import { ParamsForm, type StrategyLine } from '../backtests/params-form.tsx';

type Given = InputOf<'strategy start'>;
type Values = Readonly<Record<string, string>>;

const { shape: SHAPE } = servedOperation('strategy start').input;
const MAIN = ['venue', 'symbols', 'timeframe', 'cash', 'session'];
/** Asked for elsewhere in the form, or files of the server's machine. */
const MORE = Object.keys(SHAPE).filter(
  (name) =>
    !MAIN.includes(name) &&
    !['strategy', 'param', 'dryRun'].includes(name) &&
    shapeOf(SHAPE[name] as never).meta['completes'] !== 'file',
);

interface Asked {
  readonly text: string;
  readonly answer: DryRun | ProblemError;
}

/** Has the server trade a strategy with play money: first what it would do, then done. The session that begins is looked at from then on. */
export function StartSession({ strategy }: { readonly strategy: StrategyLine }) {
  const { at, setSession } = useMoment();
  const sessions = useSessions();
  const venues = useAnswer('venues', {}, { staleMs: 60_000 });
  const [params, setParams] = useState<Values>({});
  const [typed, setTyped] = useState<Values>({});
  const [asked, setAsked] = useState<Asked | null>(null);
  const [isAsking, setAsking] = useState(false);
  const [awaited, setAwaited] = useState<string | null>(null);
  const hasCome =
    awaited !== null &&
    sessions.phase === 'there' &&
    sessions.data.sessions.some(({ session, running }) => session === awaited && running);
  // An address with a session that is not there yet would show nothing.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the function is another one each time.
  useEffect(() => {
    if (!hasCome) return;
    setSession(awaited);
    setAwaited(null);
  }, [hasCome, awaited]);
  const start = useCommand('strategy start', {
    isQuiet: true,
    done: ({ session, resumed }) => `${session} ${resumed ? 'goes on' : 'begins'} within a moment.`,
  });
  // Who has a session wants another one at the same place, more often than not.
  const last = sessions.phase === 'there' ? sessions.data.sessions.at(-1) : undefined;
  const known = venues.phase === 'there' ? venues.data.venues.filter(({ feed }) => feed) : [];
  const isThere = known.some(({ name }) => name === last?.venue);
  const values: Values =
    last === undefined || !isThere ? typed : { venue: last.venue, symbols: last.symbols.join(','), ...typed };
  const set = (name: string, value: string): void => setTyped((before) => ({ ...before, [name]: value }));

  const fields = [...MAIN, ...MORE].flatMap((name) => {
    const value = typedValue(shapeOf(SHAPE[name] as never), values[name]);
    return value === undefined ? [] : [[name, value]];
  });
  const param = Object.fromEntries(Object.entries(params).filter(([, text]) => text !== ''));
  const given = { ...Object.fromEntries(fields), strategy: strategy.id, param } as Given;
  const text = JSON.stringify(given);
  // What was tried out is what is begun; a change of the form has to be tried again.
  const tried = asked?.text === text ? asked.answer : null;
  const mayBegin = tried !== null && 'would' in tried && tried.allowed === true;
  const problem = start.problem ?? (tried !== null && !('would' in tried) ? tried : null);
  const isAtField = [...MAIN, ...MORE, ...strategy.params.map(({ name }) => name)].includes(fieldOf(problem));

  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (!mayBegin) {
      const keep = (answer: Asked['answer']): void => {
        setAsking(false);
        setAsked({ text, answer });
      };
      start.clear();
      setAsking(true);
      tryOut('strategy start', given).then(keep, (error: unknown) => keep(problemOf(error)));
      return;
    }
    void start.run(given).then((output) => {
      setAsked(null);
      if (output === null) return;
      set('session', '');
      setAwaited(output.session);
    });
  };
  const field = (name: string) => (
    <SchemaField
      key={name}
      name={name}
      shape={shapeOf(SHAPE[name] as never)}
      choices={name === 'venue' ? known.map((venue) => venue.name) : undefined}
      value={values[name] ?? ''}
      error={wrongAt(problem, name)}
      onChange={(value) => set(name, value)}
    />
  );
  const { note } = known.find(({ name }) => name === values['venue']) ?? { note: null };
  return (
    <Panel title="Start a session" unit="live data, play money">
      <form id="start-session" className="space-y-3" onSubmit={send}>
        <p className="text-sm text-soft">
          The server keeps it running, also after a restart, until you end it. No order is sent to anybody.
        </p>
        <div className="grid gap-x-3 gap-y-2 sm:grid-cols-2">{MAIN.map(field)}</div>
        {note === null ? null : (
          <p className="text-xs text-soft">
            {values['venue']}: {note}
          </p>
        )}
        <fieldset className="min-w-0">
          <legend className="mb-1 font-semibold">Parameters</legend>
          <ParamsForm
            params={strategy.params}
            values={params}
            problem={problem}
            onChange={(name, value) => setParams((before) => ({ ...before, [name]: value }))}
          />
        </fieldset>
        <details {...(MORE.includes(fieldOf(problem)) ? { open: true } : {})}>
          <summary className="text-sm text-soft">Costs, fills and everything else</summary>
          <div className="mt-2 grid gap-x-3 gap-y-2 sm:grid-cols-2">{MORE.map(field)}</div>
        </details>
        <div aria-live="polite">
          {mayBegin ? <Plan would={tried.would} /> : null}
          {problem === null ? null : isAtField ? (
            <p className="text-sm text-bad">It would be refused: see the field above.</p>
          ) : (
            <Problem problem={problem} />
          )}
        </div>
        <div className="flex flex-wrap items-center gap-2">
          <Button type="submit" kind="main" disabled={at !== null || isAsking || start.isRunning}>
            {isAsking ? 'Looking …' : start.isRunning ? 'Starting …' : mayBegin ? 'Start now' : 'Start …'}
          </Button>
          {mayBegin ? null : <span className="text-sm text-soft">shows first what it would do</span>}
        </div>
      </form>
    </Panel>
  );
}

function Plan({ would }: { readonly would: readonly string[] }) {
  return (
    <div className="rounded-md border p-2 text-sm">
      <p>
        <Badge tone="good">allowed</Badge> It would:
      </p>
      <Would sentences={would} />
    </div>
  );
}
