import type { ImportTrial } from '../../../../src/api/dry-run.ts';
import { Field } from '../../parts/field.tsx';
import { type Choice, FIELDS, type Field as FieldName, positionOf } from './column-choice.ts';

const NAMES: Readonly<Record<FieldName, string>> = {
  time: 'Time',
  clock: 'Time of day',
  open: 'Open',
  high: 'High',
  low: 'Low',
  close: 'Close',
  volume: 'Volume',
};
/** What a field is where it has no column. */
const NONE: Readonly<Partial<Record<FieldName, string>>> = { clock: 'with the time', volume: 'none: 0' };
const LONGEST_HEADER = 24;

interface ColumnSelectsProps {
  readonly trial: ImportTrial;
  readonly choice: Choice;
  readonly onChoice: (choice: Choice) => void;
}

/** Which column of the file is taken for what. */
export function ColumnSelects({ trial: { columns, rows }, choice, onChoice }: ColumnSelectsProps) {
  const nameOf = ({ position, header }: (typeof columns)[number]): string => {
    const text = header ?? rows[0]?.[position - 1] ?? '';
    const short = text.length > LONGEST_HEADER ? `${text.slice(0, LONGEST_HEADER)}…` : text;
    return `${position}: ${header === null ? `such as ${short}` : short}`;
  };
  return (
    <fieldset className="grid grid-cols-2 gap-2 sm:grid-cols-4 lg:grid-cols-7">
      <legend className="mb-1 font-medium">Columns</legend>
      {FIELDS.map((field) => {
        const position = positionOf(field, choice, columns);
        const isMissing = position === 0 && NONE[field] === undefined;
        return (
          <Field key={field} label={NAMES[field]} wrong={isMissing ? 'Choose its column' : null}>
            {(of) => (
              <select
                {...of}
                className="control"
                value={position}
                onChange={(event) => onChoice({ ...choice, [field]: Number(event.target.value) })}
              >
                {/* A volume that was found is not unfound: another column can be taken. */}
                {position === 0 || field === 'clock' ? <option value={0}>{NONE[field] ?? '–'}</option> : null}
                {columns.map((column) => (
                  <option key={column.position} value={column.position}>
                    {nameOf(column)}
                  </option>
                ))}
              </select>
            )}
          </Field>
        );
      })}
    </fieldset>
  );
}
