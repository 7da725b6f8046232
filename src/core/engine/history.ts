import type { FillTable } from '../portfolio/fill-table.ts';
import { columnToText, textToColumn } from '../vocabulary/column-text.ts';
import type { Json } from '../vocabulary/json.ts';
import type { Engine } from './engine.ts';
import type { EventLog } from './event-log.ts';

type Table<Name extends string> = {
  readonly count: number;
  readonly column: Readonly<Record<Name, ArrayLike<number>>>;
};

interface EngineHistory {
  readonly log: Readonly<Record<keyof EventLog['column'], string>>;
  readonly fills: Readonly<Record<keyof FillTable['column'], string>>;
  /** Fill, asset that paid its fee, what that was worth, lots that the position moved by. */
  readonly paid: readonly (readonly [fill: number, asset: number, worth: number, moved: number])[];
  readonly texts: readonly string[];
}

/**
 * What has happened, event by event and fill by fill, as plain JSON: what `snapshot.ts` leaves to the journal. With both, whoever starts from
 * a snapshot can tell the whole story without having read it.
 */
export function takeHistory({ state: { log, fills, texts } }: Engine): Json {
  const paid = Array.from({ length: fills.count }, (_, fill) => fill)
    .filter((fill) => fills.feeAsset(fill) >= 0)
    .map((fill) => [fill, fills.feeAsset(fill), fills.feeWorth(fill), fills.moved(fill)] as const);
  const history: EngineHistory = { log: textsOf(log), fills: textsOf(fills), paid, texts: [...texts] };
  return history as unknown as Json;
}

/** Puts a history back into an engine that was restored from the snapshot taken with it. */
export function giveHistory({ state: { log, fills, texts } }: Engine, json: Json): void {
  const history = json as unknown as EngineHistory;
  log.restore(columnsOf(history.log));
  fills.restore(columnsOf(history.fills));
  for (const [at, asset, worth, moved] of history.paid) fills.paidIn(at, asset, worth, moved);
  texts.splice(0, texts.length, ...history.texts);
}

function textsOf<Name extends string>({ column, count }: Table<Name>): Record<Name, string> {
  return Object.fromEntries(
    Object.entries<ArrayLike<number>>(column).map(([name, values]) => [name, columnToText(values, count)]),
  ) as Record<Name, string>;
}

function columnsOf<Name extends string>(texts: Readonly<Record<Name, string>>): Record<Name, Float64Array> {
  return Object.fromEntries(Object.entries<string>(texts).map(([name, text]) => [name, textToColumn(text)])) as Record<
    Name,
    Float64Array
  >;
}
