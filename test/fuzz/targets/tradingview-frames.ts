import assert from 'node:assert/strict';
import { decodePackets, encodePacket, isHeartbeat } from '../../../src/adapters/tradingview/packets.ts';
import { barRows, serverMessage } from '../../../src/adapters/tradingview/server-message.ts';
import type { Random } from '../../../src/core/vocabulary/random.ts';
import type { FuzzTarget } from '../target.ts';

const decoder = new TextDecoder();
const encoder = new TextEncoder();

function sampleMessage(random: Random): string {
  if (random.uniform() < 0.2) return `~h~${Math.floor(random.uniform() * 1000)}`;
  const price = Math.round(random.uniform() * 1e6) / 100;
  const v = [1_795_190_400 + Math.floor(random.uniform() * 1e6), price, price + 1, price - 1, price, random.uniform()];
  const data = { sds_1: { s: [{ i: Math.floor(random.uniform() * 100), v }], ns: { d: '~m~3~m~' }, t: 's1' } };
  return JSON.stringify({
    m: random.uniform() < 0.5 ? 'du' : 'timescale_update',
    p: ['cs_abcdefghijkl', data],
    t_ms: 1,
  });
}

/** Frames of TradingView: whatever is taken must be what the frame says, packet by packet. */
export const target: FuzzTarget = {
  name: 'tradingview-frames',
  sample: (random) => {
    const count = 1 + Math.floor(random.uniform() * 4);
    return encoder.encode(Array.from({ length: count }, () => encodePacket(sampleMessage(random))).join(''));
  },
  feed(frame) {
    const text = decoder.decode(frame);
    const { packets, fault } = decodePackets(text);
    // A length may be written with zeros before it; otherwise there is one way to write a packet.
    const written = packets.map(encodePacket).join('');
    if (!/~m~0\d/.test(text)) assert.ok(text.startsWith(written));
    if (fault === null && !/~m~0\d/.test(text)) assert.equal(text, written);
    if (fault !== null) assert.ok(fault.length < 400);
    return packets.map(isTaken).some(Boolean);
  },
};

function isTaken(payload: string): boolean {
  if (isHeartbeat(payload)) return true;
  let packet: unknown;
  try {
    packet = JSON.parse(payload);
  } catch {
    return false;
  }
  const message = serverMessage(packet, String);
  if (message === null) return false;
  try {
    const rows = barRows(message, 'sds_1');
    for (const row of rows ?? []) assert.ok(Object.values(row).every((each) => Number.isFinite(each)));
    return true;
  } catch (error) {
    assert.ok(error instanceof RangeError && error.message.length < 400, String(error));
    return false;
  }
}
