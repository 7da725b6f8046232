import type { Json } from '../core/vocabulary/json.ts';
import { type FieldShape, fieldKind, separatorOf, shapeOf } from './field-shape.ts';
import { inputFailure } from './input-failure.ts';
import { type OperationId, operationOf } from './operations/table.ts';
import { strictInput } from './strict-input.ts';

type Given = Readonly<Record<string, Json>>;

/** The input of an operation that is done later, of values or of words as one types them. Throws Failure `input-invalid`. */
export function carriedInput(id: OperationId, given: Given): Given {
  const row = operationOf(id);
  const read = readCarried(id, given);
  const parsed = strictInput(row).safeParse(read);
  if (!parsed.success) throw inputFailure(parsed.error, row.handlesSecrets ? {} : read, row.name);
  return read;
}

/** The same, before it is known whether the operation takes it. */
export function readCarried(id: OperationId, given: Given): Given {
  const shape = operationOf(id).input.shape as Readonly<Record<string, Parameters<typeof shapeOf>[0]>>;
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      typeof value === 'string' && Object.hasOwn(shape, name) ? worded(shapeOf(shape[name]!), value) : value,
    ]),
  );
}

/** Words that stand for no value of the kind are left for the schema to refuse. */
function worded(shape: FieldShape, text: string): Json {
  const { base, isList } = shape;
  const kind = fieldKind(base);
  if (kind === 'pairs') {
    const pairs = text.split(',').map((pair) => [pair, pair.indexOf('=')] as const);
    if (pairs.some(([, equals]) => equals <= 0)) return text;
    return Object.fromEntries(pairs.map(([pair, equals]) => [pair.slice(0, equals).trim(), pair.slice(equals + 1)]));
  }
  if (isList) return text.split(separatorOf(shape)).map((part) => worded({ ...shape, isList: false }, part.trim()));
  if (kind === 'switch' && (text === 'true' || text === 'false')) return text === 'true';
  if (kind === 'number' && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text);
  return text;
}
