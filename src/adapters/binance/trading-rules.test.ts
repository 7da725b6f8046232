import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Instrument } from '../../core/vocabulary/instrument.ts';
import { leverageBrackets, spotInstruments, spotListing, usdmInstruments, usdmListing } from './trading-rules.ts';

const PRICE = {
  filterType: 'PRICE_FILTER',
  minPrice: '0.01000000',
  maxPrice: '1000000.00000000',
  tickSize: '0.01000000',
};
const LOT = { filterType: 'LOT_SIZE', minQty: '0.00001000', maxQty: '9000.00000000', stepSize: '0.00001000' };
const MARKET_LOT = { filterType: 'MARKET_LOT_SIZE', minQty: '0.00000000', maxQty: '80.0', stepSize: '0.00000000' };
const NOTIONAL = { filterType: 'NOTIONAL', minNotional: '5.00000000', applyMinToMarket: true, avgPriceMins: 5 };
const TRAILING = { filterType: 'TRAILING_DELTA', minTrailingAboveDelta: 10 };
const BTC = { symbol: 'BTCUSDT', baseAsset: 'BTC', quoteAsset: 'USDT' };

describe('rules of instruments', () => {
  test('a spot symbol -> steps, bounds and least value, as the venue says them', () => {
    const listing = spotListing.parse({
      rateLimits: [],
      symbols: [
        { ...BTC, status: 'TRADING', filters: [PRICE, LOT, MARKET_LOT, NOTIONAL, TRAILING] },
        { ...BTC, symbol: 'OFFUSDT', filters: [{ ...PRICE, tickSize: '0.00000000' }, LOT] },
      ],
    });
    const [found, ...others] = spotInstruments(listing, 'BINANCE');
    assert.deepEqual(found, {
      id: 'BINANCE:BTCUSDT',
      kind: 'spot',
      base: 'BTC',
      quote: 'USDT',
      tick: '0.01',
      lot: '0.00001',
      minQuantity: '0.00001',
      maxQuantity: '9000',
      minNotional: '5',
    });
    assert.deepEqual(others, [], 'without a tick nothing is exact');
    assert.equal(new Instrument(found!).priceText(9_500_001), '95000.01');
  });

  test('a perpetual and a dated future -> settle asset, margin schedule, last instant', () => {
    const filters = [PRICE, LOT, { filterType: 'MIN_NOTIONAL', notional: '50' }];
    const contract = { ...BTC, marginAsset: 'USDT', filters };
    const listing = usdmListing.parse({
      rateLimits: [],
      symbols: [
        { ...contract, contractType: 'PERPETUAL', deliveryDate: 4133404800000 },
        { ...contract, symbol: 'BTCUSDT_261225', contractType: 'CURRENT_QUARTER', deliveryDate: 1798185600000 },
        { ...contract, symbol: 'NEW', contractType: '' },
      ],
    });
    const brackets = leverageBrackets.parse([
      {
        symbol: 'BTCUSDT',
        brackets: [
          {
            bracket: 2,
            initialLeverage: 100,
            notionalCap: 600000,
            notionalFloor: 50000,
            maintMarginRatio: 0.005,
            cum: 50,
          },
          { bracket: 1, initialLeverage: 125, notionalCap: 50000, notionalFloor: 0, maintMarginRatio: 0.004, cum: 0 },
        ],
      },
    ]);
    const [perpetual, future, ...others] = usdmInstruments(listing, brackets, 'BINANCE-USDM');
    assert.deepEqual(
      [perpetual?.id, perpetual?.kind, perpetual?.settle, perpetual?.minNotional, perpetual?.expiryMs],
      ['BINANCE-USDM:BTCUSDT', 'linear-perpetual', 'USDT', '50', undefined],
    );
    assert.deepEqual(perpetual?.marginTiers, [
      { notionalFloor: 0, maintenanceRate: 0.004, maxLeverage: 125, maintenanceAmount: 0 },
      { notionalFloor: 50000, maintenanceRate: 0.005, maxLeverage: 100, maintenanceAmount: 50 },
    ]);
    assert.deepEqual([future?.kind, future?.expiryMs], ['dated-future', 1798185600000]);
    assert.deepEqual(others, [], 'a contract that is not known is no instrument');
  });
});
