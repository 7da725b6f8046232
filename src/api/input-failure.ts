import { ZodError } from 'zod';
import { Failure } from './failures.ts';

export function isSchemaError(error: unknown): error is ZodError {
  return error instanceof ZodError;
}

/** Fields that an operation refuses, the first of them in the message. */
export function inputFailure(
  error: ZodError,
  given: Readonly<Record<string, unknown>>,
  command: string | null,
): Failure {
  const [first] = error.issues;
  const field = String(first?.path[0] ?? '');
  const unknown = first?.code === 'unrecognized_keys' ? first.keys.join(', ') : '';
  const name = field === '' ? unknown : field;
  const found = valueAt(given, first?.path ?? []);
  const sentence = lower(first?.message ?? 'invalid');
  const message = `${name}: ${sentence}${found === '' || sentence.includes(' received ') ? '' : `, found ${found}`}`;
  return new Failure('input-invalid', message, {
    ...(command === null ? {} : { hint: `tradewright help ${command} shows what each flag takes.` }),
    details: {
      field: name,
      ...(found === '' ? {} : { found }),
      problems: error.issues.map((i) => `${i.path.join('.')}: ${i.message}`),
    },
    cause: error,
  });
}

function valueAt(given: unknown, path: readonly PropertyKey[]): string {
  let value = given;
  for (const key of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
  return value === undefined ? '' : JSON.stringify(value);
}

/** The library's own messages begin with a capital and "Invalid input: "; ours do not. */
function lower(message: string): string {
  const plain = message.replace(/^Invalid (?:input|option): /, '').replace(/^Too \w+: /, '');
  return plain.charAt(0).toLowerCase() + plain.slice(1);
}
