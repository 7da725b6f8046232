import type { OutputOf } from '../../../../src/api/client/client.ts';
import type { ProblemError } from '../../../../src/api/client/problem.ts';
import { Field, wrongAt } from '../../parts/field.tsx';

export type StrategyLine = OutputOf<'strategies'>['strategies'][number];
type Parameter = StrategyLine['params'][number];

/** Parameters of a strategy, each by its kind and within its range. */
export function ParamsForm({
  params,
  values,
  problem,
  onChange,
}: {
  readonly params: readonly Parameter[];
  readonly values: Readonly<Record<string, string>>;
  readonly problem: ProblemError | null;
  readonly onChange: (name: string, value: string) => void;
}) {
  if (params.length === 0) return <p className="text-sm text-soft">It has no parameters.</p>;
  return (
    <div className="grid grid-cols-2 gap-x-3 gap-y-2 sm:grid-cols-3">
      {params.map((parameter) => (
        <ParameterField
          key={parameter.name}
          parameter={parameter}
          value={values[parameter.name] ?? ''}
          wrong={
            wrongAt(problem, parameter.name) ??
            (problem?.details['parameter'] === parameter.name ? problem.message : null)
          }
          onChange={(value) => onChange(parameter.name, value)}
        />
      ))}
    </div>
  );
}

function ParameterField({
  parameter: { name, kind, default: given, min, max, step, options },
  value,
  wrong,
  onChange,
}: {
  readonly parameter: Parameter;
  readonly value: string;
  readonly wrong: string | null;
  readonly onChange: (value: string) => void;
}) {
  const byDefault = typeof given === 'string' ? given : JSON.stringify(given);
  const shown = value === '' ? byDefault : value;
  const isChanged = value !== '' && value !== byDefault;
  const range = min === null || max === null ? '' : `${min} to ${max}`;
  const stride = step ?? (kind === 'int' ? 1 : 'any');
  return (
    <Field
      label={`${name}${isChanged ? ' ●' : ''}`}
      wrong={wrong}
      about={`${range === '' ? '' : `${range}; `}default ${byDefault}`}
    >
      {(of) =>
        options.length > 0 ? (
          <select {...of} className="control" value={shown} onChange={(event) => onChange(event.target.value)}>
            {options.map((option) => (
              <option key={option}>{option}</option>
            ))}
          </select>
        ) : typeof given === 'boolean' ? (
          <select {...of} className="control" value={shown} onChange={(event) => onChange(event.target.value)}>
            <option>true</option>
            <option>false</option>
          </select>
        ) : (
          <>
            <input
              {...of}
              className="control figure"
              inputMode="decimal"
              value={shown}
              onChange={(event) => onChange(event.target.value)}
            />
            {min === null || max === null ? null : (
              <input
                type="range"
                aria-label={`${name}, ${range}`}
                className="mt-1 h-[24px] w-full accent-accent"
                min={min}
                max={max}
                step={stride}
                value={Number(shown)}
                onChange={(event) => onChange(event.target.value)}
              />
            )}
          </>
        )
      }
    </Field>
  );
}
