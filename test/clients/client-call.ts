import assert from 'node:assert/strict';
import type { Loose, SpotClients } from './spot-clients.ts';

/** A call of a third-party client, as its users write it, and what of the exchange it uses. */
export interface ClientCall {
  readonly client: string;
  readonly call: string;
  /** Names as in the table of what is served; other clients' calls may use them, too. */
  readonly uses: readonly string[];
  readonly run: (c: SpotClients) => Promise<Loose>;
  readonly check: (answer: Loose, c: SpotClients) => void;
}

export const PAIR = 'BTC/USDT';
export const SYMBOL = 'BTCUSDT';

/** Runs `later` again and again while `first` waits for what it causes: a client does not say when it has subscribed. */
export async function during(first: Promise<Loose>, later: () => Promise<Loose>): Promise<Loose> {
  const timer = setInterval(() => void later(), 80);
  try {
    return await first;
  } finally {
    clearInterval(timer);
  }
}
/** The first message of an emitter that a test accepts. */
export function heard(emitter: Loose, event: string, accept: (message: Loose) => boolean): Promise<Loose> {
  return new Promise((resolve) => {
    const listen = (message: Loose): void => {
      if (!accept(message)) return;
      emitter.removeListener(event, listen);
      resolve(message);
    };
    emitter.on(event, listen);
  });
}

export const row = (
  client: string,
  call: string,
  uses: readonly string[],
  run: ClientCall['run'],
  check: ClientCall['check'],
): ClientCall => ({ client, call, uses, run, check });

export const limitBuy = {
  symbol: SYMBOL,
  side: 'BUY',
  type: 'LIMIT',
  timeInForce: 'GTC',
  quantity: 0.01,
  price: 90_000,
};
export const oto = {
  symbol: SYMBOL,
  workingType: 'LIMIT',
  workingSide: 'BUY',
  workingTimeInForce: 'GTC',
  workingPrice: 90_000,
  workingQuantity: 0.01,
  pendingSide: 'SELL',
};
export const pendingPair = {
  pendingAboveType: 'LIMIT_MAKER',
  pendingAbovePrice: 120_000,
  pendingBelowType: 'STOP_LOSS',
  pendingBelowStopPrice: 80_000,
};
export const pendingLimit = { pendingType: 'LIMIT', pendingTimeInForce: 'GTC', pendingPrice: 120_000 };
export const oco = {
  symbol: SYMBOL,
  side: 'SELL',
  quantity: 0.01,
  aboveType: 'LIMIT_MAKER',
  abovePrice: 120_000,
  belowType: 'STOP_LOSS',
  belowStopPrice: 80_000,
};
export const isList = (l: Loose): void => assert.equal(l.listOrderStatus, 'EXECUTING');
