import type { INamespace, IType } from 'protobufjs/light.js';

/**
 * Messages that MEXC pushes, as field tables in protobufjs's reflection JSON. Every frame is one `PushDataV3ApiWrapper`; which channel
 * fills which member of its `body` is the venue's documentation of "Spot V3 websocket market streams" (numbers 301 to 315).
 */

/** `name:number` of string fields; `name:number:type` of others; a `*` before the type repeats, a `?` before the name may be absent. */
const FIELDS: Readonly<Record<string, string>> = {
  Deal: 'price:1 quantity:2 tradeType:3:int32 time:4:int64 tradeId:5',
  Deals: 'deals:1:*Deal eventType:2',
  Kline:
    'interval:1 windowStart:2:int64 openingPrice:3 closingPrice:4 highestPrice:5 lowestPrice:6 volume:7 amount:8 windowEnd:9:int64',
  Level: 'price:1 quantity:2',
  DepthChange: 'asks:1:*Level bids:2:*Level eventType:3 fromVersion:4 toVersion:5 lastOrderCreateTime:6:int64',
  DepthTop: 'asks:1:*Level bids:2:*Level eventType:3 version:4 lastOrderCreateTime:5:int64',
  DepthIncrease: 'asks:1:*Level bids:2:*Level eventType:3 version:4',
  DepthIncreaseBatch: 'items:1:*DepthIncrease eventType:2',
  BookTicker: 'bidPrice:1 bidQuantity:2 askPrice:3 askQuantity:4',
  BookTickerBatch: 'items:1:*BookTicker version:2 lastOrderCreateTime:3:int64',
  AggregatedBookTicker: 'bidPrice:1 bidQuantity:2 askPrice:3 askQuantity:4 version:5 lastOrderCreateTime:6:int64',
  MiniTicker:
    'symbol:1 price:2 rate:3 zonedRate:4 high:5 low:6 volume:7 quantity:8 lastCloseRate:9 lastCloseZonedRate:10 lastCloseHigh:11 lastCloseLow:12',
  MiniTickers: 'items:1:*MiniTicker',
  Account:
    'vcoinName:1 coinId:2 balanceAmount:3 balanceAmountChange:4 frozenAmount:5 frozenAmountChange:6 type:7 time:8:int64',
  OwnDeal:
    'price:1 quantity:2 amount:3 tradeType:4:int32 isMaker:5:bool isSelfTrade:6:bool tradeId:7 clientOrderId:8 orderId:9 feeAmount:10 feeCurrency:11 time:12:int64',
  OwnOrder:
    'id:1 clientId:2 price:3 quantity:4 amount:5 avgPrice:6 orderType:7:int32 tradeType:8:int32 isMaker:9:bool remainAmount:10 remainQuantity:11 ?lastDealQuantity:12 cumulativeQuantity:13 cumulativeAmount:14 status:15:int32 createTime:16:int64 ?market:17 ?triggerType:18:int32 ?triggerPrice:19 ?state:20:int32 ?ocoId:21 ?routeFactor:22 ?symbolId:23 ?marketId:24 ?marketCurrencyId:25 ?currencyId:26',
  Push: `channel:1 ?symbol:3 ?symbolId:4 ?createTime:5:int64 ?sendTime:6:int64
    publicDeals:301:Deals publicIncreaseDepths:302:DepthIncrease publicLimitDepths:303:DepthTop privateOrders:304:OwnOrder
    publicBookTicker:305:BookTicker privateDeals:306:OwnDeal privateAccount:307:Account publicSpotKline:308:Kline
    publicMiniTicker:309:MiniTicker publicMiniTickers:310:MiniTickers publicBookTickerBatch:311:BookTickerBatch
    publicIncreaseDepthsBatch:312:DepthIncreaseBatch publicAggreDepths:313:DepthChange publicAggreDeals:314:Deals
    publicAggreBookTicker:315:AggregatedBookTicker`,
};

/** Members of `body`, of which a push has exactly one. */
export const PUSH_BODIES = [
  'publicDeals',
  'publicIncreaseDepths',
  'publicLimitDepths',
  'privateOrders',
  'publicBookTicker',
  'privateDeals',
  'privateAccount',
  'publicSpotKline',
  'publicMiniTicker',
  'publicMiniTickers',
  'publicBookTickerBatch',
  'publicIncreaseDepthsBatch',
  'publicAggreDepths',
  'publicAggreDeals',
  'publicAggreBookTicker',
] as const;
export type PushBody = (typeof PUSH_BODIES)[number];

interface FieldJson {
  readonly id: number;
  readonly type: string;
  readonly rule?: 'repeated';
  readonly options?: { readonly proto3_optional: true };
}

function fieldOf(text: string): readonly [string, FieldJson] {
  const optional = text.startsWith('?');
  const [name, number, type = 'string'] = (optional ? text.slice(1) : text).split(':');
  const repeated = type.startsWith('*');
  return [
    name!,
    {
      id: Number(number),
      type: repeated ? type.slice(1) : type,
      ...(repeated ? { rule: 'repeated' as const } : {}),
      ...(optional ? { options: { proto3_optional: true as const } } : {}),
    },
  ];
}

/** The schema as protobufjs's `Root.fromJSON` takes it. */
export function pushSchema(): INamespace {
  const nested: Record<string, IType> = {};
  for (const [message, fields] of Object.entries(FIELDS)) {
    nested[message] = { fields: Object.fromEntries(fields.trim().split(/\s+/).map(fieldOf)) };
  }
  nested['Push'] = { ...nested['Push']!, oneofs: { body: { oneof: [...PUSH_BODIES] } } };
  return { nested };
}
