import { BinanceSpotGateway, SPOT_CAPABILITIES } from '../../src/adapters/binance/spot-gateway.ts';
import { createSpotProduct } from '../../src/local-exchange/spot/spot-product.ts';
import { exchangeGatewayContract } from '../contracts/exchange-gateway.ts';
import { exchangeGatewayFaultContract } from '../contracts/exchange-gateway-faults.ts';
import { exchangeGatewayPairContract } from '../contracts/exchange-gateway-pairs.ts';
import { type LocalVenue, localSubject } from './local-subject.ts';
import { simulatedSubject } from './simulated-subject.ts';
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

const simulated = async () => simulatedSubject({ ...SPOT, make: (around) => createSpotProduct({}, around) });

exchangeGatewayContract('Binance spot, simulated', SPOT_CAPABILITIES, simulated);
exchangeGatewayFaultContract('Binance spot, simulated', SPOT_CAPABILITIES, simulated);
exchangeGatewayPairContract('Binance spot, simulated', SPOT_CAPABILITIES, simulated);
exchangeGatewayContract('Binance spot, local exchange', SPOT_CAPABILITIES, () => localSubject(SPOT));
exchangeGatewayPairContract('Binance spot, local exchange', SPOT_CAPABILITIES, () => localSubject(SPOT));
exchangeGatewayContract('Binance spot, local exchange, Ed25519 key', SPOT_CAPABILITIES, () =>
  localSubject({ ...SPOT, kind: 'ed25519' }),
);
venueFaultCases('Binance spot', SPOT);
