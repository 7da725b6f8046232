import { Hash128 } from '../vocabulary/hash.ts';
import { type Json, orderlessText } from '../vocabulary/json.ts';
import type { Engine } from './engine.ts';

/**
 * 32 hex digits of everything that decides what the engine does next: books, orders, positions, strategies' states, and the place in
 * time. Same inputs, same hash, on every machine; any difference shows.
 */
export function stateHash(engine: Engine): string {
  const { state } = engine;
  const hash = new Hash128();
  hash.number(state.input).number(state.slice).column(state.clock).column(state.price);
  hash.column(state.book.ledger.balance);
  for (const column of Object.values(state.book.positions.column)) hash.column(column);
  const orders = state.orders.column;
  for (const name of [
    'strategy',
    'instrument',
    'side',
    'type',
    'status',
    'lots',
    'filledLots',
    'filledValue',
    'limitTicks',
    'triggerTicks',
  ] as const)
    hash.column(orders[name], state.orders.count);
  for (const seat of engine.seats) hash.text(JSON.stringify(seat.context.state));
  const kills = engine.risk.state.ladder.held();
  if (kills.length > 0) hash.text(JSON.stringify(kills));
  const limits = engine.risk.inForce.changed();
  if (limits !== null) hash.text(orderlessText(limits as unknown as Json));
  return hash.digest();
}

/** Hash of every event so far, causes included: two runs with the same one decided alike, step by step. */
export function eventsHash(engine: Engine): string {
  const { log, intents, fills } = engine.state;
  const hash = new Hash128();
  for (const name of ['type', 'strategy', 'instrument', 'cause', 'input', 'ref', 'at', 'a', 'b'] as const)
    hash.column(log.column[name], log.count);
  for (const name of ['order', 'side', 'lots', 'ticks', 'value', 'fee', 'timeMs'] as const)
    hash.column(fills.column[name], fills.count);
  for (let i = 0; i < intents.count; i++) hash.text(intents.why[i]!);
  for (const text of engine.state.texts) hash.text(text);
  return hash.digest();
}
