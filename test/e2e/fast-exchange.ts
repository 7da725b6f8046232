import { openLocalExchange } from '../../src/local-exchange/open.ts';

/** A local exchange in real time, whose market runs sixty times as fast: bars of a second have trades in them. */
export interface FastExchange {
  /** For the program, so that its venue `local` is this one. */
  readonly env: { readonly TRADEWRIGHT_LOCAL: string };
  close(): Promise<void>;
}

export async function openFastExchange(): Promise<FastExchange> {
  const exchange = await openLocalExchange({
    market: { kind: 'synthetic', speed: 60, tradesEachBar: 40 },
    limits: 'none',
  });
  return { env: { TRADEWRIGHT_LOCAL: exchange.urls.spot!.rest }, close: () => exchange.close() };
}
