import type { z } from 'zod';
import { lazy } from '../core/vocabulary/lazy.ts';
import { dryRunField } from './dry-run.ts';
import type { HttpFace } from './http-face.ts';

/**
 * What a client of a server may be allowed, each by itself: to look; to compute and fetch; to order; to hold trading back and let it go on;
 * and to use the files and accounts of the machine.
 */
export const ACCESS_SCOPES = ['read', 'research', 'trade', 'risk', 'admin'] as const;
export type AccessScope = (typeof ACCESS_SCOPES)[number];

export interface Example {
  /** As typed after `tradewright `. */
  readonly command: string;
  readonly does: string;
}

/**
 * One thing that the system can do. Command line, HTTP, WebSocket, MCP and reference are derived from these rows; a handler that
 * is missing does not compile.
 */
export interface Operation<I extends z.ZodObject = z.ZodObject, O extends z.ZodType = z.ZodType> {
  /** Words as typed: `data import`. */
  readonly name: string;
  readonly group:
    | 'research'
    | 'strategies'
    | 'data'
    | 'venues'
    | 'account'
    | 'providers'
    | 'sessions'
    | 'runs'
    | 'jobs'
    | 'alerts'
    | 'reference'
    | 'installation'
    | 'server';
  /** One line, imperative, without a full stop. */
  readonly summary: string;
  /** What one has to know beyond the summary. */
  readonly details?: string;
  /** A query changes nothing. A stream tells {@link update}s until it is ended, or ends by itself; its output sums up. */
  readonly kind: 'query' | 'command' | 'stream';
  /** What a client of a server must be allowed in order to call it. */
  readonly scope: AccessScope;
  /**
   * Grave: who signed in must have given the password within minutes. A function says so by the input as it came. Keys are not asked, and dry runs
   * change nothing.
   */
  readonly stepUp?: true | ((given: Readonly<Record<string, unknown>>) => boolean);
  /** Why no server offers it; it is there on the command line only. */
  readonly localOnly?: string;
  /** Why it is no command: it needs a program that stays. Rows are made so by {@link servedOperation}. */
  readonly servedOnly?: string;
  /** Further paths on which servers offer it, beside the words of its name. */
  readonly http?: readonly HttpFace[];
  /** For so many seconds an answer stays true, so that caches may give it again; absent: none is kept. 0: it is asked for again with its tag. */
  freshForS?(output: z.output<O>): number;
  /** Each field is documented by `.meta({ description, placeholder })`. */
  readonly input: I;
  readonly output: O;
  /** What a stream tells again and again. */
  readonly update?: z.ZodType;
  /** Its updates hold only what is new since the last one, so that none may be left out. Else each says it all. */
  readonly appends?: boolean;
  /** Fields given by place on a command line; the last may be a list. */
  readonly positionals: readonly string[];
  readonly examples: readonly Example[];
  /** Runs code of the user's: it gets a thread of its own, which can be ended from outside. */
  readonly runsStrategies?: boolean;
  /** Has another operation carried out, `operation` with `input`: who asks must be allowed that one, too. */
  readonly carries?: boolean;
  /** Its answer is a page for the eyes of people: assistants have no use for it. */
  readonly isPage?: boolean;
  /** Computes long at a stretch, as who replays a journal does: nothing for a loop that serves others meanwhile. */
  readonly isHeavy?: boolean;
  /** Of those that are heavy: looks and changes nothing. Servers carry all of these out in one thread, where a session is replayed once for all who ask. */
  readonly sharesThread?: boolean;
  /** Answers the same for as long as the installation is of one version, so that a server need not work it out each time. */
  readonly isLasting?: boolean;
  /** Has to do with secrets: words that it does not take may be some, so that none of its request is repeated in a message. */
  readonly handlesSecrets?: boolean;
  /**
   * Asks for secrets: at a terminal, from lines of standard input, or over HTTP from `secrets` of the request, in the order of the questions. Never over
   * a socket that stays, and never of an assistant. Its output holds none, as servers keep answers for who asks again, but for {@link toldOnce}.
   */
  readonly asksSecrets?: true;
  /** Field of the output with a secret that was made here, or null. Who asks again is answered null, as no server keeps it. */
  readonly toldOnce?: string;
  /** Speaks a protocol on standard output: nothing else is written there. */
  readonly ownsOutput?: boolean;
  /** Serves others for as long as it runs: what it tells first, where it is, is written down also where nobody looks at a screen. */
  readonly isService?: true;
  /** Takes long, and when asked to stop keeps what there is. Streams are. */
  readonly isLong?: boolean;
}

/** The name of an operation's output: `tradewright.data-import/1`. */
export function schemaName(operation: Pick<Operation, 'name'>): string {
  return `tradewright.${operation.name.replaceAll(' ', '-')}/1`;
}

/**
 * Keeps the types of a row: its name, its input, its output. What is written as `get input() { … }` is made when it is first asked for, and once:
 * of the schemas of all rows a command needs those of one (CPU time of `runs ls`, medians of seven: 201 and 166 ms).
 */
export function operation<const R extends Operation & { readonly examples: readonly [Example, Example, ...Example[]] }>(
  row: R,
): R {
  return tryable(row);
}

/** Every command can be tried: handlers never see the field, and know nothing of it. */
function tryable<const R extends Pick<Operation, 'input' | 'kind'>>(row: R): R {
  const made = Object.entries(Object.getOwnPropertyDescriptors(row)).map(([name, written]) => {
    const isTried = row.kind === 'command' && name === 'input';
    if (written.get === undefined && !isTried) return [name, written];
    const asked = isTried ? () => withTrial(row.input) : () => row[name as keyof R];
    return [name, { get: lazy<unknown>(asked), enumerable: true }];
  });
  return Object.defineProperties({}, Object.fromEntries(made)) as R;
}

const withTrial = (input: z.ZodObject): z.ZodObject => input.extend({ dryRun: dryRunField });

/** A row that has no command: nothing of it would be left when a command line ends. */
export function servedOperation<
  const R extends Omit<Operation, 'examples' | 'positionals' | 'servedOnly'> & { readonly servedOnly: string },
>(row: R): R & { readonly positionals: readonly string[]; readonly examples: readonly Example[] } {
  return Object.assign(tryable(row), { positionals: [], examples: [] });
}

/** Something to know that is no failure. */
export interface Warning {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}
