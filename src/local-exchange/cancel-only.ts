import type { Answer, Caller, Params } from './product.ts';

/** Names of a cancelReplace's parameters for its cancel, as the cancel itself calls them. */
const OF_CANCEL: Readonly<Record<string, string>> = {
  symbol: 'symbol',
  cancelOrderId: 'orderId',
  cancelOrigClientOrderId: 'origClientOrderId',
  cancelNewClientOrderId: 'newClientOrderId',
  cancelRestrictions: 'cancelRestrictions',
};

/** Whether a refused cancelReplace asks to go on with its cancel (`orderRateLimitExceededMode=CANCEL_ONLY`). */
export function wantsCancelOnly(name: string, params: Params): boolean {
  return name.endsWith('cancelReplace') && params.get('orderRateLimitExceededMode') === 'CANCEL_ONLY';
}

/**
 * A cancelReplace of an account that may place no more orders: only the cancel is tried. Source of statuses and codes: Binance's table of
 * "cancel an existing order and send a new order".
 */
export function cancelOnly(
  params: Params,
  caller: Caller,
  tooMany: Answer,
  cancel: (params: Params, caller: Caller) => Answer,
): Answer {
  const forCancel = new Map<string, string>();
  for (const [name, value] of params) {
    const own = OF_CANCEL[name];
    if (own !== undefined) forCancel.set(own, value);
  }
  const cancelled = cancel(forCancel, caller);
  const isDone = cancelled.status === 200;
  const stops = params.get('cancelReplaceMode') === 'STOP_ON_FAILURE';
  const isTried = isDone || !stops;
  const data = {
    cancelResult: isDone ? 'SUCCESS' : 'FAILURE',
    newOrderResult: isTried ? 'FAILURE' : 'NOT_ATTEMPTED',
    cancelResponse: cancelled.body,
    newOrderResponse: isTried ? tooMany.body : null,
  };
  const status = stops ? 429 : isDone ? 409 : 400;
  const body = isDone
    ? { code: -2021, msg: 'Order cancel-replace partially failed.', data }
    : { code: -2022, msg: 'Order cancel-replace failed.', data };
  return { status, body };
}
