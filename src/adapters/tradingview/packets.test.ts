import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { dataMissing, readShared, readSharedJson } from '../../../test/shared-data.ts';
import { decodePackets, encodeCall, encodePacket, isHeartbeat } from './packets.ts';
import { barRows, isRecord, serverMessage } from './server-message.ts';

const FRAMES = 'protocol/tradingview/socket_frames.txt.gz';
const EXPECTED = 'protocol/tradingview/expected_series.json';

describe('packets of TradingView', () => {
  test('calls and heartbeats -> the bytes of the protocol', () => {
    const call = encodeCall('quote_create_session', ['qs_abcdefghijkl']);
    assert.equal(call, '~m~52~m~{"m":"quote_create_session","p":["qs_abcdefghijkl"]}');
    assert.equal(encodePacket('~h~1'), '~m~4~m~~h~1');
    assert.ok(isHeartbeat('~h~10') && !isHeartbeat('~h~') && !isHeartbeat('{"~h~":1}'));
  });

  test('any payloads, the mark among them -> the same packets back', () => {
    const payload = fc.oneof(fc.string({ unit: 'binary' }), fc.constant('~m~3~m~abc'), fc.constant(''));
    fc.assert(
      fc.property(fc.array(payload), (payloads) => {
        assert.deepEqual(decodePackets(payloads.map(encodePacket).join('')), { packets: payloads, fault: null });
      }),
    );
  });

  test('frames cut or broken -> the packets before the fault, and where it is', () => {
    const whole = encodePacket('one') + encodePacket('two');
    assert.deepEqual(decodePackets(whole.slice(0, -1)), {
      packets: ['one'],
      fault: 'expected 3 characters at 17, found 2',
    });
    for (const [frame, fault] of [
      ['x', /expected ~m~ at 0, found "x"/],
      ['~m~', /expected a length/],
      ['~m~-1~m~a', /expected a length/],
      ['~m~12345678901~m~a', /expected a length/],
      ['~m~1~n~a', /expected a length/],
    ] as const) {
      assert.match(decodePackets(frame).fault!, fault);
    }
  });

  test('recorded session -> kinds, bars, first and last as an independent reader found them', {
    skip: dataMissing(FRAMES),
  }, () => {
    const expected = readSharedJson<{
      payloads: Record<string, number>;
      series: { series: string; bars: number; first: number[]; last: number[] }[];
    }>(EXPECTED);
    const { packets, fault } = decodePackets(readShared(FRAMES).trimEnd());
    assert.equal(fault, null);
    const messages = packets
      .filter((each) => !isHeartbeat(each))
      .map((each) => serverMessage(JSON.parse(each), String));
    const kinds: Record<string, number> = {};
    for (const message of messages) kinds[message!.method] = (kinds[message!.method] ?? 0) + 1;
    assert.deepEqual(kinds, expected.payloads);
    const updates = messages.filter((each) => each!.method === 'timescale_update');
    const found = updates.flatMap((message) => {
      const [, data] = message!.parameters;
      assert.ok(isRecord(data));
      return Object.keys(data).map((series) => {
        const rows = barRows(message!, series)!;
        const values = [rows[0]!, rows.at(-1)!].map((row) => [
          row.openMs / 1000,
          row.open,
          row.high,
          row.low,
          row.close,
          row.volume,
        ]);
        return { series, bars: rows.length, ends: values };
      });
    });
    const withVolume = (values: number[]): number[] => (values.length === 5 ? [...values, 0] : values);
    assert.deepEqual(
      found,
      expected.series.map(({ series, bars, first, last }) => ({
        series,
        bars,
        ends: [withVolume(first), withVolume(last)],
      })),
    );
  });
});
