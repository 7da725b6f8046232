import type { Route, ServedRow, SocketMethod } from '../product.ts';
import { ERROR_TEXTS } from './refusals.ts';

const STREAMS = [
  '<symbol>@aggTrade',
  '<symbol>@trade',
  '<symbol>@markPrice',
  '<symbol>@markPrice@1s',
  '!markPrice@arr',
  '!markPrice@arr@1s',
  '<symbol>@kline_<interval>',
  '<pair>_perpetual@continuousKline_<interval>',
  '<symbol>@miniTicker',
  '!miniTicker@arr',
  '<symbol>@ticker',
  '!ticker@arr',
  '<symbol>@bookTicker',
  '!bookTicker',
  '<symbol>@forceOrder',
  '!forceOrder@arr',
  '<symbol>@depth',
  '<symbol>@depth@500ms',
  '<symbol>@depth@100ms',
  '<symbol>@depth<5|10|20>',
  '<symbol>@depth<5|10|20>@500ms',
  '<symbol>@depth<5|10|20>@100ms',
];

const EVENTS = [
  'ORDER_TRADE_UPDATE',
  'ACCOUNT_UPDATE',
  'TRADE_LITE',
  'ALGO_UPDATE',
  'ACCOUNT_CONFIG_UPDATE',
  'MARGIN_CALL',
];

type Refused = readonly [kind: ServedRow['kind'], name: string, reason: string];

const NO_RPI = 'there is no retail price improvement flow';
const NO_ASSET_INDEX = 'USDT is the only margin asset, so there is no index of one in another';
const NO_INDEX_SYMBOLS = 'no composite index contract is listed';
const NO_SESSIONS = 'the listed contracts trade round the clock';
const NO_ARCHIVE = 'a file to download; the same rows are served by their lists';

const REFUSED: readonly Refused[] = [
  ['rest', 'GET /fapi/v1/rpiDepth', NO_RPI],
  ['rest', 'GET /fapi/v1/assetIndex', NO_ASSET_INDEX],
  ['rest', 'GET /fapi/v1/symbolAdlRisk', 'there is no auto-deleveraging'],
  ['rest', 'GET /fapi/v1/tradingSchedule', NO_SESSIONS],
  ['rest', 'GET /fapi/v1/pmAccountInfo', 'there is no portfolio margin'],
  ['rest', 'GET /fapi/v1/order/asyn', NO_ARCHIVE],
  ['rest', 'GET /fapi/v1/trade/asyn', NO_ARCHIVE],
  ['rest', 'GET /fapi/v1/income/asyn', NO_ARCHIVE],
  ['stream', '<symbol>@rpiDepth@500ms', NO_RPI],
  ['stream', '<symbol>@compositeIndex', NO_INDEX_SYMBOLS],
  ['stream', '!assetIndex@arr', NO_ASSET_INDEX],
  ['stream', '<asset>@assetIndex', NO_ASSET_INDEX],
  ['stream', 'tradingSession', NO_SESSIONS],
  [
    'user-event',
    'CONDITIONAL_ORDER_TRIGGER_REJECT',
    'replaced by ALGO_UPDATE with status REJECTED when stops moved to the algo endpoints',
  ],
  ['user-event', 'STRATEGY_UPDATE', 'there are no strategy orders'],
  ['user-event', 'GRID_UPDATE', 'there are no grids'],
];

const NO_CODE: readonly (readonly [codes: readonly number[], reason: string])[] = [
  [[-1004, -1005, -1011], 'there is no list of IP addresses'],
  [[-1099, -1109, -2017, -4056, -4057, -4109], 'keys and accounts are the business of the server'],
  [[-1108], 'no request names an asset'],
  [[-4135], 'an activation price on the wrong side is refused with -2021'],
  [[-1110, -1113, -1126, -4044, -4114, -4115], 'of transfers and other products, which are not served'],
  [[-2010], 'futures refuse with a code of their own for each reason'],
  [[-2012, -4032], 'cancelling all has no case in which it fails'],
  [[-2018, -2024], 'margin is short with -2019, positions with -2022'],
  [[-2023], 'a liquidation is over before the next request is read'],
  [[-2026], 'every order type served may be reduce-only'],
  [[-4000, -4117, -5043], 'nothing is pending between two requests'],
  [[-4052, -4053], 'no margin is added by the exchange on its own'],
  [
    [-4087, -4088, -4140, -4141, -4183, -4184, -4189, -4192, -4400, -4401, -4402, -4403, -5024],
    'symbols and accounts are never restricted',
  ],
  [[-4105, -4106, -4107], 'POSITION_RISK_CONTROL is NONE'],
  [[-4139, -4142, -4210, -4211], 'stops are conditional orders: -2021'],
  [[-4169, -4170, -4172], 'with one margin asset the mode changes nothing that could be short'],
  [[-4202, -4203, -4205, -4206, -4208, -4209], 'every account may use every leverage'],
  [[-4531], 'there is no COIN-M account to keep in step with'],
  [[-5025], 'only LIMIT orders rest, so that no other is there to be modified'],
  [[-5028], 'the engine reads a request in the moment it arrives'],
  [[-5029], 'an amendment below the least notional is refused with -4164'],
];

/** What this product serves, and what it does not and why. */
export function servedRows(routes: readonly Route[], methods: readonly SocketMethod[]): ServedRow[] {
  const served = (kind: ServedRow['kind'], name: string): ServedRow => ({ kind, name, served: true });
  return [
    ...routes.map((r) => served('rest', `${r.method} ${r.path}`)),
    ...methods.map((m) => served('socket-method', m.name)),
    ...STREAMS.map((name) => served('stream', name)),
    {
      kind: 'stream',
      name: '!contractInfo',
      served: true,
      reason: 'may be subscribed and stays silent: listings do not change while the exchange runs',
    },
    ...EVENTS.map((name) => served('user-event', name)),
    ...Object.keys(ERROR_TEXTS)
      .map(Number)
      .sort((a, b) => b - a)
      .map((code) => served('error-code', `${code}`)),
    ...REFUSED.map(([kind, name, reason]) => ({ kind, name, served: false, reason })),
    ...NO_CODE.flatMap(([codes, reason]) =>
      codes
        .filter((code) => !(code in ERROR_TEXTS))
        .map((code) => ({ kind: 'error-code' as const, name: `${code}`, served: false, reason })),
    ),
  ];
}
