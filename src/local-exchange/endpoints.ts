import type { Dialect } from './dialects.ts';
import type { Answer, Caller, Params, Product, Security } from './product.ts';

/** What is known about a call beside its parameters. */
export interface CallContext {
  readonly address: string;
}

/** A REST route or a WebSocket-API method, of a product or of the server itself. */
export interface Endpoint {
  readonly dialect: Dialect;
  /** REST verb; null on the WebSocket API. */
  readonly method: string | null;
  /** Path or method name. */
  readonly name: string;
  readonly security: Security;
  weight(params: Params, succeeded: boolean | null): number;
  orders?(params: Params): number;
  handle(params: Params, caller: Caller | null): Answer;
}

/** The routes of a product as endpoints, by `GET /path`. */
export function routeEndpoints(product: Product, dialect: Dialect): Map<string, Endpoint> {
  const endpoints = new Map<string, Endpoint>();
  for (const route of product.routes) {
    const key = `${route.method} ${route.path}`;
    if (endpoints.has(key)) throw new RangeError(`${product.name} has two routes ${key}`);
    endpoints.set(key, {
      dialect,
      method: route.method,
      name: route.path,
      security: route.security,
      weight: (params, succeeded) => route.weight(params, succeeded),
      orders: (params) => route.orders?.(params) ?? 0,
      handle: (params, caller) => route.handle(params, caller),
    });
  }
  return endpoints;
}

/** The methods of a product as endpoints, by name. */
export function methodEndpoints(product: Product, dialect: Dialect): Map<string, Endpoint> {
  const endpoints = new Map<string, Endpoint>();
  for (const method of product.methods) {
    if (endpoints.has(method.name)) throw new RangeError(`${product.name} has two methods ${method.name}`);
    endpoints.set(method.name, {
      dialect,
      method: null,
      name: method.name,
      security: method.security,
      weight: (params, succeeded) => method.weight(params, succeeded),
      orders: (params) => method.orders?.(params) ?? 0,
      handle: (params, caller) => method.handle(params, caller),
    });
  }
  return endpoints;
}
