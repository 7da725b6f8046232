import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { InstrumentDefinition } from '../../core/vocabulary/instrument.ts';
import type { MarketFeed } from '../../ports/market-feed.ts';
import { VenueError } from '../../ports/venue-error.ts';
import type { Call } from '../world.ts';
import { warnOfChangedRules } from './changed-rules.ts';

const BEGUN: InstrumentDefinition = {
  ...{ id: 'LOCAL:BTCUSDT', kind: 'spot', base: 'BTC', quote: 'USDT' },
  ...{ tick: '0.01', lot: '0.00001', minQuantity: '0.00001' },
};

async function told(now: InstrumentDefinition | Error | null): Promise<string[]> {
  const messages: string[] = [];
  const instruments = (): Promise<readonly InstrumentDefinition[]> =>
    now instanceof Error ? Promise.reject(now) : Promise.resolve(now === null ? [] : [now]);
  const feed = { venue: 'LOCAL', instruments } as unknown as MarketFeed;
  const call = { warn: ({ message }: { message: string }) => void messages.push(message) } as unknown as Call;
  await warnOfChangedRules(feed, ['BTCUSDT'], [BEGUN], call);
  return messages;
}

describe('rules of a venue when a session goes on', () => {
  test('as they were, also in other digits -> nothing is said', async () =>
    assert.deepEqual(await told({ ...BEGUN, tick: '0.01000000' }), []));

  test('coarser steps, and a least value -> each is named with what it was', async () =>
    assert.deepEqual(await told({ ...BEGUN, tick: '1', lot: '0.001', minNotional: '5' }), [
      'BTCUSDT at LOCAL: price step 0.01 is 1 now, quantity step 0.00001 is 0.001 now, least value none is 5 now',
    ]));

  test('no longer listed, refused or left out -> said', async () => {
    const gone = new VenueError('symbol-unknown', 'LOCAL', 'Invalid symbol.');
    for (const now of [gone, null])
      assert.deepEqual(await told(now), ['BTCUSDT at LOCAL: the venue does not list it any more']);
  });

  test('the venue does not answer -> the session goes on, and it is said', async () => {
    const [message = ''] = await told(new VenueError('unavailable', 'LOCAL', 'closed for an hour'));
    assert.match(message, /its rules of now are not known: .*closed for an hour/);
  });
});
