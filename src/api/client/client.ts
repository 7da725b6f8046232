import type { BrowserSession, SignInInput, StepUpInput } from '../browser-session.ts';
import type { Warning } from '../operation.ts';
import type { Upload, UploadLimits } from '../upload.ts';
import type { ClientFrame, ServerFrame } from '../websocket/frames.ts';
import { Connection, type SocketConstructor } from './connection.ts';
import { type About, Following } from './following.ts';
import { ProblemError, problemFrom } from './problem.ts';
import { type CallOptions, readSession, request, sessionCall, type Target } from './request.ts';
import {
  calledOperation,
  type InputArguments,
  type InputOf,
  type OperationName,
  type OutputOf,
  type StreamName,
  type UpdateOf,
} from './served.ts';
import { readUploadLimits, type UploadOptions, uploadFile } from './upload.ts';

export type {
  About,
  BrowserSession,
  CallOptions,
  InputArguments,
  InputOf,
  OperationName,
  OutputOf,
  SocketConstructor,
  StreamName,
  UpdateOf,
  Upload,
  UploadLimits,
  UploadOptions,
};
export { ProblemError };

export interface ClientOptions {
  /** Where `tradewright serve` answers: `http://127.0.0.1:7330`. */
  readonly url: string;
  /** `tw_…`; none for a server of this machine that needs none, and in a page of the server for who has signed in. */
  readonly key?: string;
  /** Without an answer for so long, what is followed fails with `server-unreachable`; by default it is tried for ever. */
  readonly patienceMs?: number;
  /** Hears whether the connection that streams come over is there. */
  readonly onConnection?: (state: 'open' | 'lost') => void;
  readonly fetch?: typeof globalThis.fetch;
  /** For programs whose runtime has none, as Node before 22. */
  readonly WebSocket?: SocketConstructor;
}

export interface SubscribeOptions {
  /** Updates a second at most; 10 by default and at most where each is a whole state. */
  readonly hz?: number;
  /** False for a stream of its own, whose result comes when it is closed. */
  readonly shared?: boolean;
  /** Hears, at the end of the stream, what is worth knowing and no failure. */
  readonly warn?: CallOptions['warn'];
}

export interface Subscription<O> {
  /** The stream's result when it ends by itself; undefined after {@link close} of a shared one. Rejects with {@link ProblemError}. */
  readonly ended: Promise<O | undefined>;
  close(): void;
}

/** A server of Tradewright, every operation with the types of its input and output. */
export interface Client {
  /** Carries an operation out. Rejects with {@link ProblemError}; where no answer came it has been asked three times, a command under one key. */
  call<N extends OperationName>(name: N, ...given: InputArguments<InputOf<N>, CallOptions>): Promise<OutputOf<N>>;
  /**
   * Follows a stream: the listener is told each whole state, or of what appends each update in order. A connection that is lost is made again, and
   * goes on with what came last; where that is gone `hasGap` says so. A client follows a stream with one input once at a time.
   */
  subscribe<N extends StreamName>(
    name: N,
    input: InputOf<N>,
    listener: (update: UpdateOf<N>, about: About) => void,
    options?: SubscribeOptions,
  ): Subscription<OutputOf<N>>;
  /** Brings a file to the server, for `data import` to read by the name that is answered. Rejects with {@link ProblemError}. */
  upload(name: string, file: Blob, options?: UploadOptions): Promise<Upload>;
  /** How large a file may be that is uploaded, and how long it is kept. */
  uploadLimits(): Promise<UploadLimits>;
  /** Who the server takes this browser for, and whether somebody has to sign in. */
  session(): Promise<BrowserSession>;
  /**
   * Signs in, in a page of the server: its cookie goes with every call and socket from then on. Rejects with {@link ProblemError}
   * `sign-in-refused`, `rate-limited`. What is followed is asked for anew by who follows it.
   */
  signIn(given: SignInInput): Promise<BrowserSession>;
  /** Gives the password again, after a call was refused with `step-up-required`. Then the call may be made again, under its key. */
  stepUp(given: StepUpInput): Promise<BrowserSession>;
  signOut(): Promise<BrowserSession>;
  /** Follows nothing any more. Calls that wait go on. */
  close(): void;
}

/** Throws a `TypeError` in a runtime that has none. */
function socketOf(options: ClientOptions): SocketConstructor {
  const found = options.WebSocket ?? (globalThis as unknown as { WebSocket?: SocketConstructor }).WebSocket;
  if (found !== undefined) return found;
  throw new TypeError(
    'createClient: expected a WebSocket to follow streams over, found none in this runtime; give it one, such as that of the package ws',
  );
}

export function createClient(options: ClientOptions): Client {
  const url = options.url.replace(/\/+$/, '');
  const target: Target = {
    ...{ url, key: options.key, csrfToken: null },
    fetch: options.fetch ?? ((...given) => globalThis.fetch(...given)),
  };
  /** By the cookie, whose token may not be known yet. */
  const proven = async (path: 'step-up' | 'sign-out', body: object): Promise<BrowserSession> => {
    if (target.csrfToken === null) await readSession(target);
    return sessionCall(target, path, body);
  };
  const followed = new Map<string, Following>();
  let connection: Connection | null = null;
  let count = 0;

  const topicOf = (topic: string): Following | undefined => [...followed.values()].find((f) => f.topic === topic);
  const drop = (following: Following): void => {
    followed.delete(following.id);
    if (followed.size > 0) return;
    connection?.close();
    connection = null;
  };
  const end = (following: Following): void => {
    following.finish();
    drop(following);
  };
  const heard = (frame: ServerFrame): void => {
    if (frame.k === 'subscribed') followed.get(frame.id)?.subscribed(frame);
    else if (frame.k === 'problem' && frame.id !== null) {
      const following = followed.get(frame.id);
      following?.fail(problemFrom(frame.problem));
      if (following !== undefined) drop(following);
    } else if (frame.k === 'snapshot' || frame.k === 'delta' || frame.k === 'ended') {
      const following = topicOf(frame.topic);
      if (following === undefined) return;
      if (!following.take(frame)) again(following);
      else if (frame.k === 'ended') drop(following);
    }
  };
  /** Something was lost on the way: until it is subscribed to anew, frames of it are nobody's. */
  const again = (following: Following): void => {
    connection?.send({ k: 'unsubscribe', id: following.id });
    following.topic = null;
    connection?.send(following.frame());
  };
  const connect = (): Connection =>
    new Connection({
      ...{ url, key: options.key, patienceMs: options.patienceMs ?? Number.POSITIVE_INFINITY },
      WebSocket: socketOf(options),
      onOpen: () => {
        options.onConnection?.('open');
        for (const following of followed.values()) {
          if (following.isClosing) end(following);
          else connection!.send(following.frame());
        }
      },
      onFrame: heard,
      onLost: () => options.onConnection?.('lost'),
      onGivenUp: (error) => {
        connection = null;
        options.onConnection?.('lost');
        for (const following of followed.values()) following.fail(error);
        followed.clear();
      },
    });

  return {
    call: async (name, ...[input, callOptions]) =>
      request(
        target,
        calledOperation(name),
        (input ?? {}) as Record<string, unknown>,
        callOptions ?? {},
      ) as Promise<never>,
    subscribe(name, input, listener, { hz, shared = true, warn } = {}) {
      const id = `s${++count}`;
      const subscribe = {
        ...{ operation: name, input: input as Extract<ClientFrame, { k: 'subscribe' }>['input'], shared },
        ...(hz === undefined ? {} : { hz }),
      };
      const following = new Following(id, subscribe, listener as (update: unknown, about: About) => void);
      const isOpened = connection === null;
      connection ??= connect();
      followed.set(id, following);
      if (!isOpened) connection.send(following.frame());
      const ended = following.ended.then((told) => {
        const result = told as { readonly data: never; readonly warnings: readonly Warning[] } | undefined;
        for (const warning of result?.warnings ?? []) warn?.(warning);
        return result?.data;
      });
      ended.catch(() => {});
      return {
        ended,
        close() {
          if (!followed.has(id)) return;
          const isThere = connection?.isOpen === true;
          connection?.send({ k: 'unsubscribe', id });
          // What a stream of its own came to is still to come.
          if (shared || !isThere) end(following);
          else following.isClosing = true;
        },
      };
    },
    upload: (name, file, uploadOptions) => uploadFile(target, name, file, uploadOptions),
    uploadLimits: () => readUploadLimits(target),
    session: () => readSession(target),
    signIn: (given) => sessionCall(target, 'sign-in', given),
    stepUp: (given) => proven('step-up', given),
    signOut: () => proven('sign-out', {}),
    close() {
      for (const following of followed.values()) following.finish();
      followed.clear();
      connection?.close();
      connection = null;
    },
  };
}
