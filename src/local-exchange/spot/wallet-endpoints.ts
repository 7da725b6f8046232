import type { Json } from '../../core/vocabulary/json.ts';
import type { Endpoint } from './endpoint.ts';
import type { SpotExchange } from './spot-exchange.ts';

/** The few wallet paths that clients touch when they start; what they say about chains and withdrawals is that there are none. */
export function walletEndpoints(exchange: SpotExchange): Endpoint[] {
  const query = { security: 'user-data' as const, methods: [], weight: 1 };
  return [
    {
      security: 'none',
      methods: [],
      weight: 1,
      rest: ['GET /sapi/v1/system/status'],
      run: () => ({ status: 0, msg: 'normal' }),
    },
    { ...query, rest: ['GET /sapi/v1/capital/config/getall'], run: (_request, account) => coins(exchange, account) },
    {
      ...query,
      security: 'key',
      rest: ['GET /sapi/v1/margin/allPairs', 'GET /sapi/v1/margin/isolated/allPairs'],
      run: () => [],
    },
    {
      ...query,
      rest: ['GET /sapi/v1/asset/tradeFee'],
      run: (request) => {
        const { makerRate, takerRate } = exchange.feeTable.fees;
        const markets = request.has('symbol') ? [exchange.market(request.symbolName())] : exchange.markets;
        return markets.map((m) => ({ symbol: m.symbol.name, makerCommission: makerRate, takerCommission: takerRate }));
      },
    },
    { ...query, rest: ['GET /sapi/v1/account/status'], run: () => ({ data: 'Normal' }) },
    {
      ...query,
      rest: ['GET /sapi/v1/account/apiTradingStatus'],
      run: () => ({ data: { isLocked: false, plannedRecoverTime: 0, triggerCondition: {}, updateTime: 0 } }),
    },
    {
      ...query,
      rest: ['GET /sapi/v1/account/apiRestrictions'],
      run: () => ({
        ipRestrict: false,
        createTime: 0,
        enableReading: true,
        enableSpotAndMarginTrading: true,
        enableWithdrawals: false,
        enableInternalTransfer: false,
        enableMargin: false,
        enableFutures: true,
        permitsUniversalTransfer: false,
        enableVanillaOptions: false,
        enableFixApiTrade: false,
        enableFixReadOnly: false,
        enablePortfolioMarginTrading: false,
      }),
    },
    {
      ...query,
      rest: ['POST /sapi/v3/asset/getUserAsset'],
      run: (request, account) => {
        const only = request.text('asset');
        const { free, locked } = exchange.balances[account]!;
        return exchange.names.flatMap((asset, i) =>
          (free[i] === 0 && locked[i] === 0) || (only !== null && only !== asset)
            ? []
            : [
                {
                  asset,
                  free: exchange.amountText(i, free[i]!),
                  locked: exchange.amountText(i, locked[i]!),
                  freeze: '0',
                  withdrawing: '0',
                  ipoable: '0',
                  btcValuation: '0',
                },
              ],
        );
      },
    },
    {
      ...query,
      rest: ['GET /sapi/v1/bnbBurn'],
      run: (_request, account) => burn(exchange, account),
    },
    {
      ...query,
      rest: ['POST /sapi/v1/bnbBurn'],
      run: (request, account) => {
        const orders = exchange.orders[account]!;
        orders.payInDiscountAsset = request.flag('spotBNBBurn', orders.payInDiscountAsset);
        return burn(exchange, account);
      },
    },
  ];
}

const burn = (exchange: SpotExchange, account: number): Json => ({
  spotBNBBurn: exchange.orders[account]!.payInDiscountAsset,
  interestBNBBurn: false,
});

function coins(exchange: SpotExchange, account: number): Json {
  const { free, locked } = exchange.balances[account]!;
  return exchange.names.map((coin, i) => ({
    coin,
    name: coin,
    depositAllEnable: false,
    withdrawAllEnable: false,
    free: exchange.amountText(i, free[i]!),
    locked: exchange.amountText(i, locked[i]!),
    freeze: '0',
    withdrawing: '0',
    ipoing: '0',
    ipoable: '0',
    storage: '0',
    isLegalMoney: false,
    trading: true,
    networkList: [],
  }));
}
