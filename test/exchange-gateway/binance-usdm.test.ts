import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BinanceUsdmGateway, USDM_CAPABILITIES } from '../../src/adapters/binance/usdm-gateway.ts';
import { createUsdmProduct } from '../../src/local-exchange/usdm/product.ts';
import { exchangeGatewayContract } from '../contracts/exchange-gateway.ts';
import { exchangeGatewayFaultContract } from '../contracts/exchange-gateway-faults.ts';
import { exchangeGatewayPairContract } from '../contracts/exchange-gateway-pairs.ts';
import { RecordingSink } from '../recording-sink.ts';
import { type LocalVenue, localSubject } from './local-subject.ts';
import { simulatedSubject } from './simulated-subject.ts';
import { venueFaultCases } from './venue-faults.ts';

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
exchangeGatewayPairContract('Binance USD-M, simulated', USDM_CAPABILITIES, simulated);
exchangeGatewayContract('Binance USD-M, local exchange', USDM_CAPABILITIES, () => localSubject(usdm));
venueFaultCases('Binance USD-M', usdm);

test('exchange gateway (Binance USD-M, simulated): hedge mode -> long and short side by side, each reduced by its side', async () => {
  const subject = simulatedSubject({
    ...usdm,
    make: (around) => createUsdmProduct({}, around),
    settings: [['POST /fapi/v1/positionSide/dual', { dualSidePosition: 'true' }]],
  });
  const { gateway, symbol, run } = { ...subject, run: subject.run.bind(subject) };
  const sink = new RecordingSink();
  await run(gateway.connect(sink));
  const place = (clientOrderId: string, side: 'buy' | 'sell', positionSide: 'long' | 'short', quantity: string) =>
    run(
      gateway.place({
        clientOrderId,
        symbol,
        side,
        type: 'market',
        tif: 'gtc',
        quantity,
        positionSide,
        reduceOnly: side === 'sell' && positionSide === 'long',
      }),
    );
  for (const [id, side, positionSide, quantity] of [
    ['h1', 'buy', 'long', '0.04'],
    ['h2', 'sell', 'short', '0.03'],
    ['h3', 'sell', 'long', '0.01'],
  ] as const) {
    const outcome = await place(id, side, positionSide, quantity);
    assert.equal(outcome.outcome, 'accepted', JSON.stringify(outcome));
  }
  const positions = await run(gateway.positions());
  assert.deepEqual(positions.map((each) => `${each.positionSide} ${each.quantity}`).sort(), [
    'long 0.03',
    'short -0.03',
  ]);
  // More than the side has may be refused or cut, but never turns a long into a short.
  await place('h4', 'sell', 'long', '0.05');
  const after = await run(gateway.positions());
  assert.ok(after.every((each) => each.quantity.startsWith('-') === (each.positionSide === 'short')));
  await subject.dispose();
});
