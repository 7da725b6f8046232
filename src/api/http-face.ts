import type { z } from 'zod';
import type { Json } from '../core/vocabulary/json.ts';

/**
 * A further path of an operation, with names of its own for fields: what users of trading interfaces expect to find. Everything else, scope and
 * input and what it does, is the operation's.
 */
export interface HttpFace {
  /** A query or stream is GET. A command is one of the others. */
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below `/api/`; `{symbol}` is a field. */
  readonly path: string;
  /** Fields that have another name here, by that name. */
  readonly names?: Readonly<Record<string, string>>;
  /** Fields, by their names here, whose words may be written as exchanges do: `BUY`, `STOP_LIMIT`. */
  readonly capitals?: readonly string[];
  /** Fields that the path itself says, by the operation's names; they cannot be given here. */
  readonly fixed?: Readonly<Record<string, Json>>;
  /** It is not done now but as a job, which is answered with 202 and the place where it is told of. */
  readonly isJob?: boolean;
  /** Field of the output that is sent by itself, as a page for a browser. */
  readonly page?: string;
  /** What is answered in the place of the operation's output. */
  readonly answer?: FaceAnswer;
}

export interface FaceAnswer {
  readonly schema: z.ZodType;
  readonly of: (output: never) => unknown;
}

/** An answer of its own, with its types kept. */
export function faceAnswer<O, A extends z.ZodType>(schema: A, of: (output: O) => z.input<A>): FaceAnswer {
  return { schema, of };
}
