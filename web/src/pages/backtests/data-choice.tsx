import type { OutputOf } from '../../../../src/api/client/client.ts';
import type { ProblemError } from '../../../../src/api/client/problem.ts';
import { count } from '../../format/numerals.ts';
import { A_DAY_MS, timeText } from '../../format/times.ts';
import { Button } from '../../parts/button.tsx';
import { Field, wrongAt } from '../../parts/field.tsx';

type Series = OutputOf<'data ls'>['series'][number];

export const nameOf = ({ instrument, timeframe }: Series): string => `${instrument}@${timeframe}`;

const PERIODS = [
  { name: 'All of it', days: null },
  { name: 'Last 2 years', days: 730 },
  { name: 'Last year', days: 365 },
  { name: 'Last 90 days', days: 90 },
  { name: 'Last 30 days', days: 30 },
] as const;
const SYNTHETIC = 'synthetic';

/** What a run trades on, and when. */
export function DataChoice({
  series,
  chosen,
  values,
  problem,
  onChosen,
  onValue,
}: {
  readonly series: readonly Series[];
  readonly chosen: readonly string[];
  readonly values: Readonly<Record<string, string>>;
  readonly problem: ProblemError | null;
  readonly onChosen: (names: readonly string[]) => void;
  readonly onValue: (part: Readonly<Record<string, string>>) => void;
}) {
  const toggle = (name: string): void =>
    onChosen(chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name]);
  const known = series.filter((each) => chosen.includes(nameOf(each)));
  const ends = known.map(({ to }) => Date.parse(to)).sort((a, b) => a - b)[0];
  const wrong = wrongAt(problem, 'data');
  // What was chosen in an earlier run and is not in the catalogue, as a file.
  const others = chosen.filter((name) => name !== SYNTHETIC && !series.some((each) => nameOf(each) === name));
  const text = (field: 'from' | 'to' | 'timeframe', label: string, about: string) => (
    <Field label={label} about={about} wrong={wrongAt(problem, field)}>
      {(of) => (
        <input
          {...of}
          className="control figure"
          value={values[field] ?? ''}
          onChange={(event) => onValue({ [field]: event.target.value.trim() })}
        />
      )}
    </Field>
  );
  return (
    <fieldset className="min-w-0 space-y-2">
      <legend className="mb-1 font-semibold">Data</legend>
      <div className="max-h-48 overflow-y-auto rounded-md border">
        {[
          { name: SYNTHETIC, about: 'a made market, always there' },
          ...others.map((name) => ({ name, about: 'of the run before' })),
          ...series.map((each) => ({
            name: nameOf(each),
            about: `${count(each.bars)} bars, ${timeText(each.from, 'utc', 'day')} to ${timeText(each.to, 'utc', 'day')}`,
          })),
        ].map(({ name, about }) => (
          <label key={name} className="flex items-center gap-2 border-b border-line/60 px-2 py-1 last:border-0">
            <input type="checkbox" checked={chosen.includes(name)} onChange={() => toggle(name)} />
            {/* Whole, on lines of their own where there is no room for both: what differs stands at the end of the name. */}
            <span className="flex min-w-0 flex-1 flex-wrap items-baseline justify-between gap-x-2">
              <span className="min-w-0 break-words">{name}</span>
              <span className="figure text-xs text-soft">{about}</span>
            </span>
          </label>
        ))}
      </div>
      {wrong === null ? null : <p className="text-xs text-bad">{wrong}</p>}
      {chosen.includes(SYNTHETIC) && chosen.length === 1 ? (
        <Field label="Instrument of the synthetic market" wrong={wrongAt(problem, 'symbol')}>
          {(of) => (
            <input
              {...of}
              className="control"
              placeholder="the first"
              value={values['symbol'] ?? ''}
              onChange={(event) => onValue({ symbol: event.target.value.trim() })}
            />
          )}
        </Field>
      ) : null}
      <div className="flex flex-wrap gap-1">
        {PERIODS.map(({ name, days }) => (
          <Button
            key={name}
            size="small"
            disabled={days !== null && ends === undefined}
            onClick={() =>
              onValue({
                from:
                  days === null || ends === undefined
                    ? ''
                    : new Date(ends - days * A_DAY_MS).toISOString().slice(0, 10),
                to: '',
              })
            }
          >
            {name}
          </Button>
        ))}
      </div>
      <div className="grid grid-cols-3 gap-2">
        {text('from', 'From', 'a day; included')}
        {text('to', 'To', 'a day; not included')}
        {text('timeframe', 'Timeframe', 'as stored, or 4h')}
      </div>
    </fieldset>
  );
}
