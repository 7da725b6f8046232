import type { Clock } from '../ports/clock.ts';
import type { ExchangeGateway } from '../ports/exchange-gateway.ts';
import type { OrderSender } from './order-sender.ts';
import type { RemoteSide } from './remote-side.ts';
import type { VenueWord } from './venue-words.ts';

/** What is done with orders on the session's symbols that it has not placed. */
export type ForeignPolicy = 'leave' | 'cancel';

/** An order whose request was made durable by a process that is gone, and never answered. */
export interface PendingOrder {
  readonly order: string;
  readonly symbol: string;
  readonly validUntilMs: number;
}

export interface KeeperWorld {
  readonly gateway: ExchangeGateway;
  readonly clock: Clock;
  readonly side: RemoteSide;
  readonly sender: OrderSender;
  readonly foreign: ForeignPolicy;
  /** When the session began, by this machine's clock: trades before it are nobody's. */
  readonly begunAtMs: number;
  readonly tell: (word: VenueWord) => void;
}
