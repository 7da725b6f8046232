import assert from 'node:assert/strict';
import { Failure } from '../../../src/api/failures.ts';
import { jsonObject } from '../../../src/api/http/body.ts';
import { clientFrame } from '../../../src/api/websocket/frames.ts';
import type { Random } from '../../../src/core/vocabulary/random.ts';
import type { FuzzTarget } from '../target.ts';

const decoder = new TextDecoder();
const encoder = new TextEncoder();
const KINDS = ['auth', 'call', 'subscribe', 'unsubscribe'] as const;

/** Frames of a server's clients: whatever is taken has nothing but what the protocol names, and says the same again. */
export const target: FuzzTarget = {
  name: 'socket-frames',
  sample(random: Random) {
    const number = (): number => Math.floor(random.uniform() * 1000);
    const k = KINDS[Math.floor(random.uniform() * KINDS.length)]!;
    const id = `c${number()}`;
    const asked = { k, id, operation: 'fills', input: { session: 'btc', limit: number(), list: [1, { a: null }] } };
    const frames = {
      auth: { k, key: `tw_${number()}` },
      call: { ...asked, key: `deed-${number()}` },
      subscribe: { ...asked, from: { topic: 'fills#x', seq: number() }, hz: 1 + number() / 20, shared: true },
      unsubscribe: { k, id },
    };
    return encoder.encode(JSON.stringify(frames[k]));
  },
  feed(frame) {
    let told: object;
    try {
      told = jsonObject(decoder.decode(frame));
    } catch (error) {
      assert.ok(error instanceof Failure && error.code === 'body-invalid', String(error));
      return false;
    }
    const parsed = clientFrame.safeParse(told);
    if (!parsed.success) return false;
    assert.deepEqual(clientFrame.parse(JSON.parse(JSON.stringify(parsed.data))), parsed.data);
    assert.equal(Object.getPrototypeOf(parsed.data), Object.prototype);
    return true;
  },
};
