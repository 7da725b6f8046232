import type { ExchangeGateway } from './exchange-gateway.ts';
import type { ConnectionInfo, ConnectionKeys, Environment } from './secret-vault.ts';

declare const KEY_OF: unique symbol;
declare const ORDERS_GO_TO: unique symbol;

/**
 * What a venue knows an account by, in one environment. The compiler takes no key of one environment for that of another, nor for one of any:
 * whoever opens a gateway must have written down which.
 */
export interface VenueKey<E extends Environment> extends ConnectionKeys {
  readonly environment: E;
  /** Stands for no value. Both ways, so that a key of one environment is no key of several. */
  readonly [KEY_OF]?: (environment: E) => E;
}

export function venueKey<E extends Environment>(environment: E, keys: ConnectionKeys): VenueKey<E> {
  return { ...keys, environment };
}

/** A gateway whose orders go to one environment. */
export type GatewayTo<E extends Environment> = ExchangeGateway & {
  /** Stands for no value. */
  readonly [ORDERS_GO_TO]: (environment: E) => E;
};

/** Says where a gateway's orders go: for whoever made it with the hosts of that environment, and for nobody else. */
export function gatewayTo<E extends Environment>(_environment: E, gateway: ExchangeGateway): GatewayTo<E> {
  return gateway as GatewayTo<E>;
}

/** A gateway with the environment that its orders go to. */
export interface OpenedGateway<E extends Environment> {
  readonly environment: E;
  /** Not connected yet. */
  readonly gateway: GatewayTo<E>;
}

export type AnyGateway = { readonly [E in Environment]: OpenedGateway<E> }[Environment];

/** An account that is kept in the vault, opened. */
export interface Account<E extends Environment> extends OpenedGateway<E> {
  readonly info: ConnectionInfo;
}

/** An account of whichever environment; `environment` tells, to the compiler too. */
export type AnyAccount = { readonly [E in Environment]: Account<E> }[Environment];

/** Where orders of a session go. On paper there is no account, and no place for one. */
export type Destination =
  | { readonly mode: 'paper'; readonly account?: undefined }
  | { readonly [E in Environment]: { readonly mode: E; readonly account: Account<E> } }[Environment];
