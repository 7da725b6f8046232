import type { z } from 'zod';
import type { Operation } from '../operation.ts';
import { OPERATION_IDS, type OPERATIONS, type OperationId, operationOf } from '../operations/table.ts';
import { ProblemError } from './problem.ts';

type Rows = typeof OPERATIONS;
/** Rows that servers offer. */
type Served = {
  [K in OperationId]: Rows[K] extends { readonly localOnly: string } ? never : Rows[K];
}[OperationId];
type Streams = Extract<Served, { readonly kind: 'stream' }>;

/** Names of what a server offers, as typed on a command line: `data ls`. */
export type OperationName = Served['name'];
/** Those that can be followed. */
export type StreamName = Streams['name'];

type RowOf<N extends OperationName> = Extract<Served, { readonly name: N }>;
/** Operations that ask for something are given the answers with the request, in the order of the questions. */
type Answers<R> = R extends { readonly asksSecrets: true } ? { readonly secrets?: readonly string[] } : unknown;
export type InputOf<N extends OperationName> = z.input<RowOf<N>['input']> & Answers<RowOf<N>>;
export type OutputOf<N extends OperationName> = z.output<RowOf<N>['output']>;
/** What a stream tells again and again. */
export type UpdateOf<N extends StreamName> =
  RowOf<N> extends { readonly update: infer U extends z.ZodType } ? z.output<U> : never;

/** Input, which may be left out where nothing in it is needed. */
export type InputArguments<I, O> = Record<never, never> extends I ? [input?: I, options?: O] : [input: I, options?: O];

const byName: ReadonlyMap<string, Operation> = new Map(
  OPERATION_IDS.map((id) => operationOf(id)).map((operation) => [operation.name, operation]),
);

export function servedOperation(name: OperationName): Operation {
  return byName.get(name)!;
}

/** As {@link servedOperation}. Throws {@link ProblemError} `route-unknown`, as a server would answer, to programs without types. */
export function calledOperation(name: OperationName): Operation {
  const found = byName.get(name);
  if (found !== undefined) return found;
  throw new ProblemError('route-unknown', `there is no operation ${name}`, {
    hint: 'Names are the words of the command line, with blanks between: order place.',
    details: { found: name },
  });
}
