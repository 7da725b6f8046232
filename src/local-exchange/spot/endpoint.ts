import type { Json } from '../../core/vocabulary/json.ts';
import type { Caller, Params, Route, Security, SocketMethod } from '../product.ts';
import { answered } from './refusal.ts';
import { Request } from './request.ts';

/** Weight of a request: a number, or one that its parameters decide. */
type Weight = number | ((request: Request) => number);

/** One thing that clients can ask for, by REST, by the WebSocket API, or both: they share everything but the name. */
export type Endpoint = {
  /** `GET /api/v3/depth`; several where a path has an older twin. */
  readonly rest: readonly string[];
  readonly methods: readonly string[];
  readonly security: Security;
  readonly weight: Weight;
  /** Placements and cancels cost nothing when they succeed. */
  readonly freeOnSuccess?: boolean;
  /** What it adds to the order count. */
  readonly orders?: number;
  /** `account` is the caller's index, −1 on public endpoints without a caller. May throw a Refusal. */
  run(request: Request, account: number): Json;
};

type Shared = Pick<Route, 'security' | 'weight' | 'handle'> & { orders?: (params: Params) => number };

/** The endpoints as routes and as methods; `known` is told every account that calls. */
export function wired(
  endpoints: readonly Endpoint[],
  known: (caller: Caller) => void,
): { routes: Route[]; methods: SocketMethod[] } {
  const routes: Route[] = [];
  const methods: SocketMethod[] = [];
  for (const endpoint of endpoints) {
    const shared: Shared = {
      security: endpoint.security,
      weight: (params, succeeded) => weightOf(endpoint, params, succeeded),
      handle: (params, caller) => {
        if (caller !== null) known(caller);
        return answered(() => endpoint.run(new Request(params), caller?.account.index ?? -1));
      },
    };
    if (endpoint.orders !== undefined) {
      const { orders } = endpoint;
      shared.orders = () => orders;
    }
    for (const name of endpoint.rest) {
      const [method, path] = name.split(' ') as [Route['method'], string];
      routes.push({ ...shared, method, path });
    }
    for (const name of endpoint.methods) methods.push({ ...shared, name });
  }
  return { routes, methods };
}

function weightOf(endpoint: Endpoint, params: Params, succeeded: boolean | null): number {
  if (endpoint.freeOnSuccess === true && succeeded === true) return 0;
  const { weight } = endpoint;
  return typeof weight === 'number' ? weight : weight(new Request(params));
}
