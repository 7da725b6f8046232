import { ZodError } from 'zod';
import { Failure } from './failures.ts';
import { complaintText, schemaComplaint } from './schema-complaint.ts';

export function isSchemaError(error: unknown): error is ZodError {
  return error instanceof ZodError;
}

/** Fields that an operation refuses, the first of them in the message. */
export function inputFailure(
  error: ZodError,
  given: Readonly<Record<string, unknown>>,
  command: string | null,
): Failure {
  const complaint = schemaComplaint(error, given);
  const field = complaint.field.split('.')[0]!;
  return new Failure('input-invalid', complaintText({ ...complaint, field }), {
    ...(command === null ? {} : { hint: `tradewright help ${command} shows what each flag takes.` }),
    details: {
      field,
      ...(complaint.found === '' ? {} : { found: complaint.found }),
      problems: error.issues.map((i) => `${i.path.join('.')}: ${i.message}`),
    },
    cause: error,
  });
}
