import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Hash128, hashText } from './hash.ts';

const bitsApart = (a: string, b: string): number => {
  let bits = (BigInt(`0x${a}`) ^ BigInt(`0x${b}`)).toString(2);
  bits = bits.replaceAll('0', '');
  return bits.length;
};

describe('hash', () => {
  test('digest: 32 hex digits, the same for the same, and adding may go on', () => {
    const hash = new Hash128().text('abc');
    assert.match(hash.digest(), /^[0-9a-f]{32}$/);
    assert.equal(hash.digest(), new Hash128().text('abc').digest());
    assert.equal(hash.number(1).digest(), new Hash128().text('abc').number(1).digest());
    assert.notEqual(hash.digest(), new Hash128().text('abc').digest());
  });

  test('numbers: −0 is 0, every NaN is one NaN, all else differs', () => {
    const of = (x: number): string => new Hash128().number(x).digest();
    assert.equal(of(-0), of(0));
    const other = new Float64Array(1);
    new Uint32Array(other.buffer).set([1, 0x7ff80000]);
    assert.ok(Number.isNaN(other[0]));
    assert.equal(of(other[0]!), of(Number.NaN));
    const values = [
      0,
      1,
      -1,
      Number.NaN,
      Infinity,
      -Infinity,
      Number.MIN_VALUE,
      Number.EPSILON,
      2 ** 53,
      0.1,
      0.1 + Number.EPSILON,
    ];
    assert.equal(new Set(values.map(of)).size, values.length);
  });

  test('boundaries: text and columns carry their length', () => {
    assert.notEqual(new Hash128().text('ab').text('c').digest(), new Hash128().text('a').text('bc').digest());
    assert.notEqual(
      new Hash128().column([1]).column([2, 3]).digest(),
      new Hash128().column([1, 2]).column([3]).digest(),
    );
    assert.notEqual(new Hash128().column([]).digest(), new Hash128().digest());
    assert.equal(new Hash128().column([1, 2, 3], 2).digest(), new Hash128().column([1, 2]).digest());
  });

  test('order: the same numbers in another order -> another hash', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.double({ noNaN: true }), { minLength: 2, maxLength: 20 }), (xs) => {
        const turned = [...xs].reverse();
        if (xs.every((x, i) => x === turned[i])) return;
        assert.notEqual(new Hash128().column(xs).digest(), new Hash128().column(turned).digest());
      }),
      { numRuns: 500 },
    );
  });

  test('avalanche: one bit of one number changed, early or late -> about half of the 128 bits', () => {
    const words = new Uint32Array(64);
    for (let i = 0; i < words.length; i++) words[i] = Math.imul(i + 1, 0x9e3779b9);
    const of = (): string => {
      const hash = new Hash128();
      for (const w of words) hash.word(w);
      return hash.digest();
    };
    const before = of();
    let sum = 0;
    let least = 128;
    let count = 0;
    for (let i = 0; i < words.length; i++)
      for (let bit = 0; bit < 32; bit++) {
        words[i]! ^= 1 << bit;
        const apart = bitsApart(before, of());
        words[i]! ^= 1 << bit;
        sum += apart;
        if (apart < least) least = apart;
        count++;
      }
    assert.ok(Math.abs(sum / count - 64) < 1, `mean ${sum / count} of 128 bits`);
    // 128 fair coins: fewer than 32 heads once in 10^8.
    assert.ok(least >= 32, `a single bit changed only ${least} bits`);
  });

  test('avalanche: the very last word -> reaches all four parts of the digest', () => {
    for (let length = 1; length <= 8; length++) {
      const hash = (last: number): string => {
        const h = new Hash128();
        for (let i = 1; i < length; i++) h.word(i);
        return h.word(last).digest();
      };
      const [a, b] = [hash(1), hash(2)];
      for (let part = 0; part < 32; part += 8)
        assert.notEqual(a.slice(part, part + 8), b.slice(part, part + 8), `length ${length}, digits ${part} on`);
    }
  });

  test('collisions: 50,000 short texts -> none', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 50_000; i++) seen.add(hashText(`order-${i}`));
    assert.equal(seen.size, 50_000);
  });
});
