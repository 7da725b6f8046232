import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { BinanceUsdmGateway, USDM_CAPABILITIES } from '../../src/adapters/binance/usdm-gateway.ts';
import type { ProductFactory } from '../../src/local-exchange/venue.ts';
import { exchangeGatewayContract } from '../contracts/exchange-gateway.ts';
import { exchangeGatewayFaultContract } from '../contracts/exchange-gateway-faults.ts';
import { type LocalVenue, localSubject } from './local-subject.ts';
import { simulatedSubject } from './simulated-subject.ts';
import { venueFaultCases } from './venue-faults.ts';

const PRODUCT = new URL('../../src/local-exchange/usdm/product.ts', import.meta.url);

if (existsSync(PRODUCT)) {
  const { createUsdmProduct } = (await import(PRODUCT.href)) as {
    readonly createUsdmProduct: (options: object, around: Parameters<ProductFactory>[0]) => ReturnType<ProductFactory>;
  };
  const usdm: LocalVenue = {
    product: 'usdm',
    products: { usdm: (around) => createUsdmProduct({}, around) },
    balances: { USDT: '100000' },
    hugeQuantity: '40',
    open: (options) => new BinanceUsdmGateway(options),
    streamEnded: { e: 'listenKeyExpired', E: 1, listenKey: 'gone' },
  };
  const simulated = async () => simulatedSubject({ ...usdm, make: (around) => createUsdmProduct({}, around) });
  exchangeGatewayContract('Binance USD-M, simulated', USDM_CAPABILITIES, simulated);
  exchangeGatewayFaultContract('Binance USD-M, simulated', USDM_CAPABILITIES, simulated);
  exchangeGatewayContract('Binance USD-M, local exchange', USDM_CAPABILITIES, () => localSubject(usdm));
  venueFaultCases('Binance USD-M', usdm);
} else test('exchange gateway (Binance USD-M)', { skip: 'the local exchange has no USD-M product' }, () => undefined);
