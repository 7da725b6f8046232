import assert from 'node:assert/strict';
import type { ReachExchange } from './reach-exchange.ts';
import type { ReachStage } from './reach-stage.ts';
import type { ProductName } from './served-stream.ts';
import type { Loose } from './spot-clients.ts';

export type Fields = { readonly [key: string]: unknown };

/** A call of a third-party client, as its users write it, and what of the exchange it reaches. */
export interface ReachCall<Stage extends ReachExchange = ReachStage> {
  /** `server` for what is of neither product. */
  readonly product: ProductName | 'server';
  readonly client: string;
  readonly call: string;
  /** Names as in the table of what is served. */
  readonly reaches: readonly string[];
  readonly run: (stage: Stage) => Promise<Loose>;
  readonly check: (answer: Loose, stage: Stage) => void;
  /** How long it may take where that is more than ten seconds. */
  readonly timeoutMs?: number;
}

/** What the server around the products does itself, so that no product can tell of it: what the client was answered is all there is. */
const OF_THE_SERVER =
  /^(session\.|userDataStream\.|(eventStreamTerminated|listenKeyExpired)$|\w+ \S*(rateLimit\/order|listenKey)$|account\.rateLimits|-\d+$)/;
/** Frames that control a connection of streams; both products have them. */
const CONTROLS = ['SUBSCRIBE', 'UNSUBSCRIBE', 'LIST_SUBSCRIPTIONS', 'SET_PROPERTY', 'GET_PROPERTY', 'serverShutdown'];
/** Streams that may be opened and never speak. */
const SILENT = ['<symbol>@blockTrade', '!contractInfo'];

/** Runs a call and fails where its client did not get what it should, or where the exchange was not asked for what it names. */
export async function reach<Stage extends ReachExchange>(
  stage: Stage,
  { product, reaches, run, check }: ReachCall<Stage>,
): Promise<void> {
  if (product === 'server') {
    check(await run(stage), stage);
    return;
  }
  const seen = stage[product];
  seen.take();
  for (const names of [seen.opened, seen.spoke, seen.told]) names.clear();
  const answer = await run(stage);
  check(answer, stage);
  const asked = seen.take();
  for (const name of reaches) {
    if (OF_THE_SERVER.test(name) || CONTROLS.includes(name)) continue;
    const isProven =
      asked.get(name) === 200 ||
      seen.spoke.has(name) ||
      seen.told.has(name) ||
      (SILENT.includes(name) && seen.opened.has(name));
    assert.ok(isProven, `${name} was not reached; asked were ${[...asked, ...seen.spoke, ...seen.told].join(' ')}`);
  }
}

/** What a call reaches, as the table of what is served has it. */
export const rowsOf = ({
  product,
  client,
  call,
  reaches,
}: ReachCall<never>): [product: string, name: string, call: string][] =>
  reaches.map((name) => [CONTROLS.includes(name) ? 'server' : product, name, `${client} ${call}`]);

/** Checks some fields of an object, or of the first row of a list. */
export function matches(expected: Fields): (answer: Loose) => void {
  return (answer) => {
    const row = Array.isArray(answer) ? answer[0] : answer;
    for (const [name, value] of Object.entries(expected)) assert.deepEqual(row[name], value, name);
  };
}
export const isListed = (answer: Loose): void => assert.ok(Array.isArray(answer), 'a list');

/** The next thing that a listener is told and that is accepted. */
export function next(
  listen: (take: (event: Loose) => void) => void,
  accept: (event: Loose) => boolean,
): Promise<Loose> {
  return new Promise((resolve) => {
    listen((event) => {
      if (accept(event)) resolve(event);
    });
  });
}
