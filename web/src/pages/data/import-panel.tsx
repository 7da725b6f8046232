import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { InputOf } from '../../../../src/api/client/client.ts';
import { servedOperation } from '../../../../src/api/client/served.ts';
import type { ImportTrial } from '../../../../src/api/dry-run.ts';
import { shapeOf } from '../../../../src/api/field-shape.ts';
import { tryOut } from '../../desk/dry-run.ts';
import { useMoment } from '../../desk/moment.ts';
import { problemOf } from '../../desk/streams.ts';
import { useCommand } from '../../desk/use-command.ts';
import { usePaused } from '../../desk/use-paused.ts';
import { count, percent } from '../../format/numerals.ts';
import { Button } from '../../parts/button.tsx';
import { fieldOf, wrongAt } from '../../parts/field.tsx';
import { SchemaField, typedValue } from '../../parts/operation-form.tsx';
import { Panel, Problem } from '../../parts/panel.tsx';
import { type Choice, columnsText } from './column-choice.ts';
import { ColumnSelects } from './column-selects.tsx';
import { Preview, Verdict } from './import-preview.tsx';
import type { Chosen, Uploading } from './use-upload.ts';

interface ImportPanelProps {
  readonly uploading: Uploading & { readonly chosen: Chosen };
  /** Shows the series that was imported. */
  readonly onDone: (series: string) => void;
}

/** A file that was chosen: on its way, looked at, corrected, imported. */
export function ImportPanel({ uploading, onDone }: ImportPanelProps) {
  const { chosen, again, clear } = uploading;
  const { file, sentBytes, upload, problem } = chosen;
  const place = useRef<HTMLDivElement>(null);
  // It stands above what was used to choose it.
  useEffect(() => {
    place.current?.scrollIntoView({ block: 'nearest' });
    place.current?.focus({ preventScroll: true });
  }, []);
  return (
    <div ref={place} tabIndex={-1} className="min-w-0 rounded-lg xl:col-span-3">
      <Panel
        title={`Import ${file.name}`}
        actions={
          <Button size="small" onClick={clear}>
            {upload === null && problem === null ? 'Stop' : 'Put away'}
          </Button>
        }
      >
        {problem !== null ? (
          <Problem problem={problem} again={again} />
        ) : upload === null ? (
          <Progress name={`Upload of ${file.name}`} share={file.size === 0 ? 0 : sentBytes / file.size}>
            {count(sentBytes)} of {count(file.size)} bytes
          </Progress>
        ) : (
          <Look key={upload.file} file={upload.file} onDone={onDone} />
        )}
      </Panel>
    </div>
  );
}

/** How far it is; null for what tells nothing of it. */
function Progress({
  name,
  share,
  children,
}: {
  readonly name: string;
  readonly share: number | null;
  readonly children: React.ReactNode;
}) {
  const isKnown = share === null ? {} : { 'aria-valuenow': Math.round(share * 100) };
  return (
    <div>
      <div
        {...{ role: 'progressbar', 'aria-label': name, 'aria-valuemin': 0, 'aria-valuemax': 100, ...isKnown }}
        className="h-1.5 overflow-hidden rounded-full bg-raised"
      >
        <div
          className={`h-full bg-accent ${share === null ? 'animate-pulse' : ''}`}
          style={{ width: `${(share ?? 1) * 100}%` }}
        />
      </div>
      <p className="figure mt-1 text-sm text-soft">
        {share === null ? '' : `${percent(share)} · `}
        {children}
      </p>
    </div>
  );
}

const OPTIONS = ['symbol', 'timeframe', 'dateOrder', 'onConflict', 'sort'] as const;
const PHASES: Readonly<Record<string, string>> = { read: 'Reading the file', store: 'Storing its bars' };

function Look({ file, onDone }: { readonly file: string; readonly onDone: (series: string) => void }) {
  const { at } = useMoment();
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const [choice, setChoice] = useState<Choice>({});
  const [phase, setPhase] = useState('');
  const known = useRef<ImportTrial | null>(null);
  const { shape } = servedOperation('data import').input;
  const command = useCommand('data import', {
    isQuiet: true,
    progress: setPhase,
    done: ({ imports: [done] }) =>
      `${count(done!.inserted)} new bars of ${done!.series.instrument}@${done!.series.timeframe}.`,
  });

  const columns = known.current === null ? null : columnsText(choice, known.current.columns);
  const options = OPTIONS.flatMap((name) => {
    const value = typedValue(shapeOf(shape[name] as never), values[name]?.trim());
    return value === undefined ? [] : [[name, value]];
  });
  const input = { files: [file], ...Object.fromEntries(options), ...(columns === null ? {} : { columns }) };
  const written = JSON.stringify(input);
  const asked = usePaused(written);
  const query = useQuery({
    queryKey: ['data import', 'dry run', asked],
    queryFn: ({ signal }) => tryOut('data import', JSON.parse(asked) as InputOf<'data import'>, signal),
    // While it is imported the file goes away.
    enabled: !command.isRunning,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    retry: false,
  });
  const problem = query.error === null ? null : problemOf(query.error);
  const trial = query.data?.imports[0] ?? known.current;
  known.current = trial;
  const isCurrent = written === asked && !query.isFetching && problem === null;
  const isForField = OPTIONS.some((name) => name === fieldOf(problem));
  const send = (): void => {
    setPhase('');
    void command.run(input as InputOf<'data import'>).then((output) => {
      const series = output?.imports[0]?.series;
      if (series !== undefined) onDone(`${series.instrument}@${series.timeframe}`);
    });
  };
  if (trial === null)
    return problem === null ? (
      <Progress name="Look at the file" share={null}>
        Looking at the file …
      </Progress>
    ) : (
      <Problem problem={problem} again={() => void query.refetch()} />
    );
  return (
    <div className="space-y-4">
      <ColumnSelects trial={trial} choice={choice} onChoice={setChoice} />
      <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
        {OPTIONS.map((name) => (
          <SchemaField
            key={name}
            name={name}
            shape={shapeOf(shape[name] as never)}
            value={values[name] ?? ''}
            error={wrongAt(problem, name)}
            onChange={(value) => setValues((all) => ({ ...all, [name]: value }))}
          />
        ))}
      </div>
      {problem !== null && !isForField ? <Problem problem={problem} again={() => void query.refetch()} /> : null}
      {problem === null ? <Verdict trial={trial} /> : null}
      <div className="flex flex-wrap items-center gap-3">
        <Button
          kind="main"
          disabled={!isCurrent || trial.refusal !== null || command.isRunning || at !== null}
          onClick={send}
        >
          {command.isRunning ? 'Importing …' : 'Import'}
        </Button>
        {at === null ? null : <span className="text-soft">The desk is set back: nothing can be done.</span>}
        {!isCurrent && problem === null && !command.isRunning ? (
          <span className="text-soft">Looking again …</span>
        ) : null}
      </div>
      {command.isRunning ? (
        <Progress name="Import" share={null}>
          {PHASES[phase] ?? 'Beginning'} …
        </Progress>
      ) : null}
      {command.problem === null ? null : <Problem problem={command.problem} />}
      <Preview trial={trial} />
    </div>
  );
}
