import { columnToText, textToColumn } from '../vocabulary/column-text.ts';
import type { Json } from '../vocabulary/json.ts';
import type { Engine } from './engine.ts';

type Table = { readonly count: number; readonly column: Readonly<Record<string, ArrayLike<number>>> };

interface EngineHistory {
  readonly log: Readonly<Record<string, string>>;
  readonly fills: Readonly<Record<string, string>>;
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
  fill(log, history.log);
  log.isWhole = true;
  fill(fills, history.fills);
  for (const [at, asset, worth, moved] of history.paid) fills.paidIn(at, asset, worth, moved);
  texts.splice(0, texts.length, ...history.texts);
}

function textsOf({ column, count }: Table): Record<string, string> {
  return Object.fromEntries(Object.entries(column).map(([name, values]) => [name, columnToText(values, count)]));
}

function fill(table: { readonly column: object }, from: Readonly<Record<string, string>>): void {
  const columns = table.column as Record<string, Float64Array>;
  for (const [name, text] of Object.entries(from)) columns[name]!.set(textToColumn(text));
}
