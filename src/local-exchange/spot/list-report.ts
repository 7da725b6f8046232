import type { ResponseType } from './order-draft.ts';
import type { OrderList } from './order-list.ts';
import { type AssetNames, canceledJson, type JsonObject, listJson, placedJson } from './order-report.ts';
import type { SpotOrder } from './spot-order.ts';

/** Answer to the placement of a list: RESULT or FULL reports; ACK leaves them short. */
export function placedListJson(
  list: OrderList,
  orders: readonly SpotOrder[],
  kind: ResponseType,
  assets: AssetNames,
): JsonObject {
  return { ...listJson(list), orderReports: orders.map((o) => placedJson(o, kind, assets)) };
}

/** Answer to a cancel of a list: with the orders that it canceled. */
export function canceledListJson(list: OrderList, canceled: readonly SpotOrder[], cancelId: string): JsonObject {
  return { ...listJson(list), orderReports: canceled.map((o) => canceledJson(o, cancelId)) };
}
