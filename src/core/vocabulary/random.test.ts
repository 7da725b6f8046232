import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Random } from './random.ts';

/** xoshiro128** 1.1 written down a second time, from the C of https://prng.di.unimi.it/xoshiro128starstar.c, in bigint. */
function* reference(state: readonly number[]): Generator<number> {
  const mask = (1n << 32n) - 1n;
  const rotl = (x: bigint, k: bigint): bigint => ((x << k) | (x >> (32n - k))) & mask;
  const s = state.map(BigInt);
  for (;;) {
    yield Number((rotl((s[1]! * 5n) & mask, 7n) * 9n) & mask);
    const t = (s[1]! << 9n) & mask;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= t;
    s[3] = rotl(s[3]!, 11n);
  }
}

function seeded(state: readonly number[]): Random {
  const random = new Random(0);
  random.state.set(state);
  return random;
}

describe('random', () => {
  test('state 1, 2, 3, 4 -> the first outputs of xoshiro128**', () => {
    // By hand: rotl(2 × 5, 7) × 9 = 1,280 × 9 = 11,520; the second state word is then 2 ^ (3 ^ 1) = 0, which gives 0.
    const random = seeded([1, 2, 3, 4]);
    assert.deepEqual([random.bits(), random.bits()], [11_520, 0]);
  });

  test('bits: a thousand draws of several states -> those of the second implementation', () => {
    for (const state of [
      [1, 2, 3, 4],
      [0xffffffff, 0, 0, 1],
      [0x12345678, 0x9abcdef0, 0xdeadbeef, 0xcafebabe],
      [...new Random(42).state],
    ]) {
      const random = seeded(state);
      const other = reference(state);
      for (let i = 0; i < 1000; i++) assert.equal(random.bits(), other.next().value, `draw ${i}`);
    }
  });

  test('uniform: 53 bits of two draws, in [0, 1), spread evenly', () => {
    const random = new Random(7);
    const other = reference([...new Random(7).state]);
    for (let i = 0; i < 1000; i++) {
      const a = Number(other.next().value) >>> 5;
      const b = Number(other.next().value) >>> 6;
      assert.equal(random.uniform(), (a * 2 ** 26 + b) / 2 ** 53);
    }
    const cells = new Array<number>(16).fill(0);
    const draws = 160_000;
    for (let i = 0; i < draws; i++) {
      const x = random.uniform();
      assert.ok(x >= 0 && x < 1);
      cells[Math.floor(x * 16)]!++;
    }
    // χ² with 15 degrees of freedom: 37.7 is passed once in a thousand.
    const chi = cells.reduce((sum, n) => sum + (n - draws / 16) ** 2 / (draws / 16), 0);
    assert.ok(chi < 37.7, `χ² ${chi}`);
  });

  test('normal: mean 0, variance 1, never beyond ±6', () => {
    const random = new Random(11);
    let sum = 0;
    let squares = 0;
    const n = 100_000;
    for (let i = 0; i < n; i++) {
      const x = random.normal();
      assert.ok(Math.abs(x) <= 6);
      sum += x;
      squares += x * x;
    }
    assert.ok(Math.abs(sum / n) < 4 / Math.sqrt(n), `mean ${sum / n}`);
    assert.ok(Math.abs(squares / n - 1) < 4 * Math.sqrt(2 / n), `variance ${squares / n}`);
  });

  test('integer: every value below the bound and none other', () => {
    const random = new Random(3);
    const seen = new Set(Array.from({ length: 2000 }, () => random.integer(7)));
    assert.deepEqual(seen, new Set([0, 1, 2, 3, 4, 5, 6]));
  });

  test('seeds: neighbours -> unlike numbers; the same -> the same', () => {
    const first = new Set(Array.from({ length: 10_000 }, (_, seed) => new Random(seed).bits()));
    assert.ok(first.size > 9_980, `${first.size} of 10,000 first draws differ`);
    assert.equal(new Random(5).uniform(), new Random(5).uniform());
    for (const seed of [0, -1, 2 ** 32, 1.5])
      assert.ok(
        new Random(seed).state.some((w) => w !== 0),
        `seed ${seed}`,
      );
  });
});
