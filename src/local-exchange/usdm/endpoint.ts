import type { Json } from '../../core/vocabulary/json.ts';
import type { Answer, Caller, Params, Route, Security, SocketMethod } from '../product.ts';
import type { ExchangeState } from './exchange-state.ts';
import { ParameterReader } from './parameters.ts';
import { Refusal } from './refusals.ts';
import type { UsdmAccount } from './usdm-account.ts';

/** A REST endpoint or WS-API method before it is bound to the exchange. */
export interface Endpoint {
  readonly method: Route['method'];
  readonly path: string;
  readonly security: Security;
  readonly weight: number | ((params: Params) => number);
  /** Orders that it counts as; 0 by default. */
  readonly orders?: number | ((params: Params) => number);
  /** Name of the WS-API method that does the same. */
  readonly socket?: string;
}

type PublicRun = (state: ExchangeState, read: ParameterReader) => Json | Refusal;
type PrivateRun = (state: ExchangeState, read: ParameterReader, account: UsdmAccount) => Json | Refusal;

/** An endpoint that anybody may call, or anybody with a key. */
export function open(endpoint: Endpoint, run: PublicRun): BoundEndpoint {
  return { endpoint, run: (state, read) => run(state, read) };
}

/** A signed endpoint of an account. */
export function signed(endpoint: Endpoint, run: PrivateRun): BoundEndpoint {
  return {
    endpoint,
    run: (state, read, caller) => {
      // The server has checked the signature before; without a caller it is a defect of the server.
      if (caller === null) throw new Error(`${endpoint.path} was called without an account`);
      return run(state, read, state.account(caller.account));
    },
  };
}

export interface BoundEndpoint {
  readonly endpoint: Endpoint;
  readonly run: (state: ExchangeState, read: ParameterReader, caller: Caller | null) => Json | Refusal;
}

function handler(state: ExchangeState, { run }: BoundEndpoint): (params: Params, caller: Caller | null) => Answer {
  return (params, caller) => {
    const result = run(state, new ParameterReader(params), caller);
    return result instanceof Refusal ? result.answer : { status: 200, body: result };
  };
}

function costs({ weight, orders }: Endpoint): Pick<Route, 'weight' | 'orders'> {
  return {
    weight: typeof weight === 'number' ? () => weight : weight,
    ...(orders === undefined ? {} : { orders: typeof orders === 'number' ? () => orders : orders }),
  };
}

export function routeOf(state: ExchangeState, bound: BoundEndpoint): Route {
  const { method, path, security } = bound.endpoint;
  return { method, path, security, ...costs(bound.endpoint), handle: handler(state, bound) };
}

/** The WS-API method of an endpoint that has one. */
export function methodOf(state: ExchangeState, bound: BoundEndpoint): SocketMethod | null {
  const { socket, security } = bound.endpoint;
  return socket === undefined
    ? null
    : { name: socket, security, ...costs(bound.endpoint), handle: handler(state, bound) };
}
