import type { AccountSink, VenueBalance, VenueFill, VenueOrder, VenuePosition } from '../src/ports/exchange-gateway.ts';

/** Keeps whatever a gateway tells of an account. */
export class RecordingSink implements AccountSink {
  readonly orders: VenueOrder[] = [];
  readonly fills: VenueFill[] = [];
  readonly balances: (readonly [VenueBalance, atMs: number])[] = [];
  readonly positions: (readonly [VenuePosition, atMs: number])[] = [];
  readonly fundings: (readonly [symbol: string, asset: string, amount: string, atMs: number])[] = [];
  readonly liquidations: (readonly [symbol: string, detail: string, atMs: number])[] = [];
  readonly resumptions: number[] = [];
  readonly anomalies: (readonly [code: string, detail: string])[] = [];

  order(order: VenueOrder): void {
    this.orders.push(order);
  }

  fill(fill: VenueFill): void {
    this.fills.push(fill);
  }

  balance(balance: VenueBalance, atMs: number): void {
    this.balances.push([balance, atMs]);
  }

  position(position: VenuePosition, atMs: number): void {
    this.positions.push([position, atMs]);
  }

  funding(symbol: string, asset: string, amount: string, atMs: number): void {
    this.fundings.push([symbol, asset, amount, atMs]);
  }

  liquidation(symbol: string, detail: string, atMs: number): void {
    this.liquidations.push([symbol, detail, atMs]);
  }

  resumed(sinceMs: number): void {
    this.resumptions.push(sinceMs);
  }

  anomaly(code: 'malformed' | 'schema-drift' | 'unknown-enum', detail: string): void {
    this.anomalies.push([code, detail]);
  }
}
