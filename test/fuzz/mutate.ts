import type { Random } from '../../src/core/vocabulary/random.ts';

/** What breaks readers of JSON, and numbers that are none. */
const TOKENS = [
  ...[
    '"',
    '\\',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '-',
    '.',
    'e',
    '0',
    '9',
    ' ',
    '\n',
    '\u0000',
    'NaN',
    'Infinity',
    'null',
    'true',
  ],
  ...[
    '1e400',
    '-1',
    '0x10',
    '1e-400',
    '9007199254740993',
    '99999999999999999999',
    '"__proto__":{},',
    '"x":1,',
    '"e":"',
    '\\u0041',
  ],
  ...[
    '[[',
    ']]',
    '[[[[[[[[[[[[[[[[',
    '{"a":{"a":{"a":',
    '\ufeff',
    'ÿ',
    '٣',
    '\\ud800',
    '""',
    '"NaN"',
    '"-0"',
    '"1e5"',
    '1.',
    '.5',
    '01',
  ],
].map((t) => Buffer.from(t));

/** Longest frame that a mutation may make. */
const LONGEST_BYTES = 65_536;

/** A frame with one to four faults: bytes changed, cut out, doubled, put in, or the tail of another frame. Always new bytes. */
export function mutate(frame: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  let bytes: Uint8Array = Buffer.from(frame);
  const below = (n: number): number => Math.floor(random.uniform() * n);
  for (let faults = 1 + below(4); faults > 0; faults--) {
    const at = below(bytes.length + 1);
    const to = Math.min(bytes.length, at + below(16));
    switch (below(7)) {
      case 0:
        if (at < bytes.length) bytes[at] = below(256);
        break;
      case 1:
        if (at < bytes.length) bytes[at]! ^= 1 << below(8);
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(to)]);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, to), bytes.subarray(at)]);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at), TOKENS[below(TOKENS.length)]!, bytes.subarray(at)]);
        break;
      case 5:
        bytes = Buffer.concat([bytes.subarray(0, at), TOKENS[below(TOKENS.length)]!, bytes.subarray(to)]);
        break;
      default:
        bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(below(other.length + 1))]);
    }
  }
  return bytes.subarray(0, LONGEST_BYTES);
}
