import type { ZodError } from 'zod';

type Issue = ZodError['issues'][number];

/** What a schema refused first. */
export interface SchemaComplaint {
  /** Where it stands, as a path with points; empty for the whole. */
  readonly field: string;
  /** What was expected, in words. */
  readonly sentence: string;
  /** What stands there, as JSON; empty where nothing does. */
  readonly found: string;
}

/** The library's names of what it expected, in ours. */
const KINDS: Readonly<Record<string, string | undefined>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** How messages of the library's own begin; all others were written for the field. */
const OWN_MESSAGE = /^(?:Invalid (?:input|option)|Too \w+|Unrecognized keys?): /;

/** The first issue of a value that was refused, in our words: the library's speak of its types, and not of what stands there. */
export function schemaComplaint(error: ZodError, value: unknown): SchemaComplaint {
  const [issue] = error.issues;
  if (issue === undefined) return { field: '', sentence: 'invalid', found: '' };
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.join(', ');
    const field = [...issue.path.map(String), names].join('.');
    return { field, sentence: 'there is no field of this name', found: '' };
  }
  return { field: issue.path.join('.'), sentence: sentenceOf(issue), found: valueAt(value, issue.path) };
}

/** As one line: where, what was expected, what was found. */
export function complaintText({ field, sentence, found }: SchemaComplaint): string {
  return `${field === '' ? '' : `${field}: `}${sentence}${found === '' ? '' : `, found ${found}`}`;
}

function sentenceOf(issue: Issue): string {
  if (!OWN_MESSAGE.test(issue.message)) return lower(issue.message);
  if (issue.code === 'invalid_type') return `expected ${KINDS[issue.expected] ?? issue.expected}`;
  const isNumber = 'origin' in issue && (issue.origin === 'number' || issue.origin === 'int');
  if (issue.code === 'too_small' && isNumber)
    return `expected ${issue.inclusive === false ? `more than ${issue.minimum}` : `${issue.minimum} or more`}`;
  if (issue.code === 'too_big' && isNumber)
    return `expected ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`;
  return lower(issue.message.replace(OWN_MESSAGE, ''));
}

const lower = (message: string): string => message.charAt(0).toLowerCase() + message.slice(1);

const MOST_FOUND = 200;

function valueAt(given: unknown, path: readonly PropertyKey[]): string {
  let value = given;
  for (const key of path) value = (value as Record<PropertyKey, unknown> | null | undefined)?.[key];
  if (value === undefined) return '';
  const text = JSON.stringify(value);
  return text.length > MOST_FOUND ? `${text.slice(0, MOST_FOUND)}…` : text;
}
