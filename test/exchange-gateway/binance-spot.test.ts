import { BinanceSpotGateway, SPOT_CAPABILITIES } from '../../src/adapters/binance/spot-gateway.ts';
import { createSpotProduct } from '../../src/local-exchange/spot/spot-product.ts';
import { exchangeGatewayContract } from '../contracts/exchange-gateway.ts';
import { exchangeGatewayFaultContract } from '../contracts/exchange-gateway-faults.ts';
import { type LocalVenue, localSubject } from './local-subject.ts';
import { venueFaultCases } from './venue-faults.ts';

const SPOT: LocalVenue = {
  product: 'spot',
  products: { spot: (around) => createSpotProduct({}, around) },
  // Fees are taken from what is bought: without coins of its own it could not sell all that it bought.
  balances: { USDT: '1000000', BTC: '1' },
  hugeQuantity: '80',
  open: (options) => new BinanceSpotGateway(options),
  streamEnded: { subscriptionId: 0, event: { e: 'eventStreamTerminated', E: 1 } },
};

exchangeGatewayContract('Binance spot, local exchange', SPOT_CAPABILITIES, () => localSubject(SPOT));
exchangeGatewayFaultContract('Binance spot, local exchange', SPOT_CAPABILITIES, () => localSubject(SPOT));
venueFaultCases('Binance spot', SPOT);
venueFaultCases('Binance spot, Ed25519 key', { ...SPOT, kind: 'ed25519' });
