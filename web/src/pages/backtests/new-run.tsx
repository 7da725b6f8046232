import { type FormEvent, useState } from 'react';
import type { OutputOf } from '../../../../src/api/client/client.ts';
import { servedOperation } from '../../../../src/api/client/served.ts';
import { separatorOf, shapeOf } from '../../../../src/api/field-shape.ts';
import { useMoment } from '../../desk/moment.ts';
import { useAnswer } from '../../desk/use-view.ts';
import { count } from '../../format/numerals.ts';
import { timeText } from '../../format/times.ts';
import { Button } from '../../parts/button.tsx';
import { Field, fieldOf, wrongAt } from '../../parts/field.tsx';
import { SchemaField, typedValue } from '../../parts/operation-form.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';
import { noteStep } from '../overview/steps.ts';
import { DataChoice, nameOf } from './data-choice.tsx';
import { ParamsForm } from './params-form.tsx';
import { type BacktestInput, runBacktest, useAsked } from './run-backtest.ts';
import { Running } from './running-panel.tsx';

const { shape: SHAPE } = servedOperation('backtest').input;
const MAIN = ['cash', 'fee', 'slippage', 'fills', 'leverage', 'seed'];
/** Asked for above, of no use in a page, or files of the server's machine. */
const NOT_HERE = [
  'strategy',
  'data',
  'param',
  'from',
  'to',
  'timeframe',
  'report',
  'out',
  'failIf',
  'columns',
  'sort',
  'dateOrder',
  'dryRun',
];
const MORE = Object.keys(SHAPE).filter(
  (name) =>
    !MAIN.includes(name) && !NOT_HERE.includes(name) && shapeOf(SHAPE[name] as never).meta['completes'] !== 'file',
);

type Values = Readonly<Record<string, string>>;
export type RunRequest = OutputOf<'runs show'>;

const wordOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** What a run was asked with, as it is typed. */
function typed({ config }: RunRequest): { strategy: string; data: readonly string[]; params: Values; values: Values } {
  const text = (name: string, value: unknown): string => {
    if (!Array.isArray(value)) return wordOf(value);
    const shape = SHAPE[name];
    return value.map(wordOf).join(shape === undefined ? ',' : separatorOf(shapeOf(shape as never)));
  };
  const { strategy, data, param, account, ...rest } = config as Record<string, unknown>;
  const kind = (account as { kind?: unknown } | undefined)?.kind;
  const others = kind === undefined ? rest : { ...rest, account: kind };
  return {
    strategy: typeof strategy === 'string' ? strategy : '',
    data: Array.isArray(data) ? data.map(wordOf) : [],
    params: Object.fromEntries(Object.entries((param ?? {}) as object).map(([name, value]) => [name, wordOf(value)])),
    values: Object.fromEntries(Object.entries(others).map(([name, value]) => [name, text(name, value)])),
  };
}

/** A run as it is being asked for: strategy, parameters, data, costs. `like`: a run that it is a change of. */
export function NewRun({
  like,
  strategy: wanted,
  onDone,
}: {
  readonly like?: RunRequest;
  readonly strategy?: string | undefined;
  readonly onDone?: (run: string) => void;
}) {
  const { at } = useMoment();
  const before = like === undefined ? null : typed(like);
  const [strategy, setStrategy] = useState(before?.strategy ?? wanted ?? '');
  const [data, setData] = useState<readonly string[]>(before?.data ?? ['synthetic']);
  const [params, setParams] = useState<Values>(before?.params ?? {});
  const [values, setValues] = useState<Values>(before?.values ?? {});
  const strategies = useAnswer('strategies', {}, { staleMs: 60_000 });
  const catalogue = useAnswer('data ls', {});
  const asked = useAsked();
  const [ours, setOurs] = useState(0);
  const mine = asked.find(({ id }) => id === ours);
  const problem = mine?.problem ?? null;
  const field = fieldOf(problem);
  const lines = strategies.phase === 'there' ? strategies.data.strategies : [];
  const id = strategy === '' ? (lines[0]?.id ?? '') : strategy;
  const chosen = lines.find((line) => line.id === id);
  const isBusy = asked.some(({ state }) => state === 'runs');

  const input = (): BacktestInput => {
    const others = Object.entries(values).flatMap(([name, text]) => {
      const value = SHAPE[name] === undefined ? undefined : typedValue(shapeOf(SHAPE[name] as never), text);
      return value === undefined ? [] : [[name, value]];
    });
    const param = Object.fromEntries(Object.entries(params).filter(([, text]) => text !== ''));
    return {
      ...Object.fromEntries(others),
      strategy: id,
      data: [...data],
      ...(Object.keys(param).length === 0 ? {} : { param }),
    };
  };
  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const given = input();
    const isOther = chosen?.params.some(
      ({ name, default: byDefault }) => (params[name] ?? '') !== '' && params[name] !== wordOf(byDefault),
    );
    if (isOther === true) noteStep('parameter');
    const running = runBacktest(given, like?.id ?? null);
    setOurs(running.id);
    const result = await running.ended;
    if (result !== null) onDone?.(result.run);
  };
  const changes = before === null ? [] : differences(before, { strategy: id, data, params, values });
  const fieldsOf = (names: readonly string[]) =>
    names.map((name) => (
      <SchemaField
        key={name}
        name={name}
        shape={shapeOf(SHAPE[name] as never)}
        value={values[name] ?? ''}
        error={wrongAt(problem, name)}
        onChange={(value) => setValues((known) => ({ ...known, [name]: value }))}
      />
    ));
  return (
    <Panel title={like === undefined ? 'New run' : `Again with a change: ${like.id}`}>
      <Shown view={strategies} again={strategies.again} lines={10}>
        {() => (
          <form className="space-y-4" onSubmit={(event) => void send(event)}>
            <Field
              label="Strategy"
              wrong={wrongAt(problem, 'strategy')}
              {...(chosen === undefined ? {} : { about: chosen.about })}
            >
              {(of) => (
                <select
                  {...of}
                  className="control"
                  value={id}
                  onChange={(event) => {
                    setStrategy(event.target.value);
                    setParams({});
                  }}
                >
                  {chosen === undefined && id !== '' ? <option>{id}</option> : null}
                  {lines.map((line) => (
                    <option key={line.id}>{line.id}</option>
                  ))}
                </select>
              )}
            </Field>
            {chosen === undefined ? null : (
              <>
                <ParamsForm
                  params={chosen.params}
                  values={params}
                  problem={problem}
                  onChange={(name, value) => setParams((known) => ({ ...known, [name]: value }))}
                />
                <p className="text-xs text-soft">It loses when: {chosen.failsWhen}</p>
              </>
            )}
            <DataChoice
              series={catalogue.phase === 'there' ? catalogue.data.series : []}
              chosen={data}
              values={values}
              problem={problem}
              onChosen={setData}
              onValue={(part) => setValues((known) => ({ ...known, ...part }))}
            />
            <fieldset className="min-w-0">
              <legend className="mb-1 font-semibold">Account, costs, fills</legend>
              <div className="grid gap-x-3 gap-y-2 sm:grid-cols-2">{fieldsOf(MAIN)}</div>
              <details className="mt-2" {...(MORE.includes(field) ? { open: true } : {})}>
                <summary className="text-sm text-soft">Everything else</summary>
                <div className="mt-2 grid gap-x-3 gap-y-2 sm:grid-cols-2">{fieldsOf(MORE)}</div>
              </details>
            </fieldset>
            {before === null ? null : changes.length === 0 ? (
              <p className="text-sm text-soft">Nothing is changed yet: as it stands it would be the same run.</p>
            ) : (
              <ul className="text-sm" aria-label="What differs">
                {changes.map(({ name, was, is }) => (
                  <li key={name}>
                    <strong>{name}</strong> <span className="text-soft line-through">{was}</span> → {is}
                  </li>
                ))}
              </ul>
            )}
            <p className="text-xs text-soft" aria-live="polite">
              {summaryOf(id, data, catalogue.phase === 'there' ? catalogue.data.series : [])}
            </p>
            <Button type="submit" kind="main" disabled={at !== null || id === '' || data.length === 0}>
              {isBusy ? 'Run one more' : 'Run it'}
            </Button>
            {mine === undefined ? null : <Running asked={mine} />}
          </form>
        )}
      </Shown>
    </Panel>
  );
}

type Typed = ReturnType<typeof typed>;

function differences(a: Typed, b: Typed): { readonly name: string; readonly was: string; readonly is: string }[] {
  const flat = ({ strategy, data, params, values }: Typed): Record<string, string> => ({
    strategy,
    data: data.join(', '),
    ...Object.fromEntries(Object.entries(params).map(([name, value]) => [`${name}`, value])),
    ...values,
  });
  const [x, y] = [flat(a), flat(b)];
  return [...new Set([...Object.keys(x), ...Object.keys(y)])]
    .map((name) => ({ name, was: x[name] ?? 'default', is: (y[name] ?? '') === '' ? 'default' : y[name]! }))
    .filter(({ was, is }) => was !== is);
}

function summaryOf(strategy: string, data: readonly string[], series: OutputOf<'data ls'>['series']): string {
  const known = series.filter((each) => data.includes(nameOf(each)));
  const bars = known.reduce((sum, each) => sum + each.bars, 0);
  const from = known.map((each) => each.from).sort()[0];
  const to = known
    .map((each) => each.to)
    .sort()
    .at(-1);
  const stored =
    known.length === 0
      ? ''
      : `: ${count(bars)} bars stored, ${timeText(from, 'utc', 'day')} to ${timeText(to, 'utc', 'day')}`;
  return `${strategy} on ${data.join(', ') || 'no data'}${stored}. Every further try on the same data lowers what its Sharpe ratio is worth.`;
}
