import { type FormEvent, type ReactNode, useState } from 'react';
import type { InputOf, OperationName, OutputOf } from '../../../src/api/client/client.ts';
import { servedOperation } from '../../../src/api/client/served.ts';
import { type FieldShape, fieldKind, separatorOf, shapeOf } from '../../../src/api/field-shape.ts';
import { useMoment } from '../desk/moment.ts';
import { useCommand } from '../desk/use-command.ts';
import { Button } from './button.tsx';
import { CommandProblem } from './command-problem.tsx';
import { Field } from './field.tsx';
import { Objections } from './objections.tsx';
import { SecretField } from './secret-field.tsx';

type Values = Readonly<Record<string, string>>;

/** As a row says it of a field: with which choices of another field it has to be given, and with which it can be. */
interface Fits {
  readonly field: string;
  readonly needed: readonly string[];
  readonly possible: readonly string[];
}

interface OperationFormProps<N extends OperationName> {
  readonly name: N;
  /** Which fields of the operation are asked for, in their order; those that fit a choice of another one, where that is chosen. */
  readonly fields: readonly string[];
  /** What else goes with them. */
  readonly given?: Readonly<Record<string, unknown>>;
  /** Values to begin with, as typed. */
  readonly initial?: Values;
  /** Words to choose from, where the schema itself has none. */
  readonly choices?: Readonly<Record<string, readonly string[]>>;
  /** Questions whose answers go with it unseen, in their order, by what is typed so far. */
  readonly secrets?: (values: Values) => readonly string[];
  readonly submit: string;
  readonly done?: (output: OutputOf<N>) => string;
  readonly onDone?: (output: OutputOf<N>) => void;
  readonly isGrave?: boolean;
  readonly children?: ReactNode;
}

/** A form for a command, made from the schema by which the server reads its input; what the server refuses stands at its field. */
export function OperationForm<N extends OperationName>(props: OperationFormProps<N>) {
  const {
    name,
    fields,
    given = {},
    initial = {},
    choices = {},
    secrets,
    submit,
    done,
    onDone,
    isGrave = false,
    children,
  } = props;
  const [values, setValues] = useState<Values>(initial);
  const questions = secrets?.(values) ?? [];
  const [answers, setAnswers] = useState<Values>({});
  const { at } = useMoment();
  const command = useCommand(name, { isQuiet: true, ...(done === undefined ? {} : { done }) });
  const { shape: schemas } = servedOperation(name).input;
  const asked = fields.flatMap((field) => {
    const shape = fitted(shapeOf(schemas[field] as never), values);
    return shape === null ? [] : [{ field, shape }];
  });
  const wrong = command.problem?.details['field'];
  const wrongField =
    typeof wrong === 'string'
      ? wrong.replace(/^--/, '').replace(/-(\w)/g, (_all, letter: string) => letter.toUpperCase())
      : null;
  const send = (event: FormEvent): void => {
    event.preventDefault();
    const input = Object.fromEntries(
      asked.flatMap(({ field, shape }) => {
        const value = typedValue(shape, values[field]);
        return value === undefined ? [] : [[field, value]];
      }),
    );
    const told = secrets === undefined ? {} : { secrets: questions.map((question) => answers[question] ?? '') };
    void command.run({ ...given, ...input, ...told } as InputOf<N>).then((output) => {
      if (output === null) return;
      setAnswers({});
      setValues(initial);
      onDone?.(output);
    });
  };
  return (
    <form className="space-y-3" onSubmit={send}>
      {asked.map(({ field, shape }) => (
        <SchemaField
          key={field}
          name={field}
          shape={shape}
          choices={choices[field]}
          value={values[field] ?? ''}
          error={wrongField === field ? (command.problem?.message ?? null) : null}
          onChange={(value) => setValues((known) => ({ ...known, [field]: value }))}
        />
      ))}
      {questions.map((question) => (
        <SecretField
          key={question}
          question={question}
          answer={answers[question] ?? ''}
          onChange={(answer) => setAnswers((known) => ({ ...known, [question]: answer }))}
        />
      ))}
      {children}
      {asked.some(({ field }) => field === 'accept') ? (
        <Objections
          problem={command.problem}
          accepted={values['accept'] ?? ''}
          onAccepted={(accept) => setValues((known) => ({ ...known, accept }))}
        />
      ) : null}
      {command.anew === null && asked.some(({ field }) => field === wrongField) ? null : (
        <CommandProblem command={command} />
      )}
      <Button type="submit" kind={isGrave ? 'danger' : 'main'} disabled={command.isRunning || at !== null}>
        {command.isRunning ? 'Working on it …' : submit}
      </Button>
    </form>
  );
}

/** Of a field that is for some choices of another one: as it is for what was chosen; null where it is not asked for. */
function fitted(shape: FieldShape, values: Values): FieldShape | null {
  const fits = shape.meta['fits'] as Fits | undefined;
  if (fits === undefined) return shape;
  const chosen = values[fits.field] ?? '';
  if (fits.needed.includes(chosen)) return { ...shape, isOptional: false };
  return fits.possible.includes(chosen) ? shape : null;
}

/** What somebody typed as the value of its field; undefined where nothing was. */
export function typedValue(shape: FieldShape, text: string | undefined): unknown {
  if (text === undefined || text === '') return undefined;
  const one = (word: string): unknown => {
    const kind = shape.choices.length > 0 ? 'text' : fieldKind(shape.base);
    if (kind === 'switch') return word === 'true';
    // What is no number is for the server to refuse, by its own words.
    if (kind === 'number') return Number.isNaN(Number(word)) ? word : Number(word);
    return word;
  };
  if (shape.isList)
    return text
      .split(separatorOf(shape))
      .map((word) => one(word.trim()))
      .filter((word) => word !== '');
  return one(text);
}

interface SchemaFieldProps {
  readonly name: string;
  readonly shape: FieldShape;
  readonly choices?: readonly string[] | undefined;
  readonly value: string;
  readonly error: string | null;
  readonly onChange: (value: string) => void;
}

/** `maxLossQuote` as words: max loss quote. */
export const wordsOf = (name: string): string => name.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);

/** What is said of a field for a command line, where there are no flags: `with --when` is with “when”, and nothing is given again. */
const withoutFlags = (about: string): string =>
  about
    .replace(/; (?:may be repeated|again for further ones)/, '')
    .replace(/--([a-z]+(?:-[a-z]+)*)/g, (_all, flag: string) => `“${flag.replaceAll('-', ' ')}”`);

/** One field of a form, as its schema says: what it is called, what it takes, what it is by default. */
export function SchemaField({ name, shape, choices, value, error, onChange }: SchemaFieldProps) {
  const words = choices ?? shape.choices;
  const about = typeof shape.meta['description'] === 'string' ? withoutFlags(shape.meta['description']) : '';
  const byDefault = ['string', 'number', 'boolean'].includes(typeof shape.byDefault) ? String(shape.byDefault) : '';
  // As on a command line: what is on by default is described, and switched, by its opposite.
  const isOff = shape.base === 'boolean' && shape.byDefault === true;
  const label = (
    <>
      <span className="inline-block first-letter:uppercase">{`${isOff ? 'no ' : ''}${wordsOf(name)}`}</span>
      {shape.isOptional ? null : ' (needed)'}
    </>
  );
  const between = separatorOf(shape) === ';' ? 'semicolons' : 'commas';
  return (
    <Field
      label={label}
      wrong={error}
      about={`${about}${shape.isList && !about.includes(between) ? `; several with ${between} between` : ''}`}
    >
      {(of) =>
        shape.base === 'boolean' ? (
          <input
            {...of}
            type="checkbox"
            className="mt-1 size-4"
            checked={((value || byDefault) === 'true') !== isOff}
            onChange={(event) => onChange(String(event.target.checked !== isOff))}
          />
        ) : words.length > 0 && !shape.isList ? (
          <select {...of} className="control" value={value} onChange={(event) => onChange(event.target.value)}>
            <option value="">{byDefault === '' ? '–' : `${byDefault} (default)`}</option>
            {words
              .filter((word) => word !== byDefault)
              .map((word) => (
                <option key={word}>{word}</option>
              ))}
          </select>
        ) : (
          <>
            <input
              {...of}
              className="control"
              value={value}
              required={!shape.isOptional}
              inputMode={shape.base === 'number' ? 'decimal' : undefined}
              placeholder={byDefault}
              autoComplete="off"
              list={words.length > 0 ? `${of.id}-words` : undefined}
              onChange={(event) => onChange(event.target.value)}
            />
            {words.length > 0 ? (
              <datalist id={`${of.id}-words`}>
                {words.map((word) => (
                  <option key={word} value={word} />
                ))}
              </datalist>
            ) : null}
          </>
        )
      }
    </Field>
  );
}
