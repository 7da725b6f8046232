import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isSampleSecret, weaknessOf } from '../src/api/weak-secret.ts';
import { readSettings, shownSettings } from '../src/read-settings.ts';

describe('passwords that protect nothing', () => {
  const weak = [
    ...[
      'short',
      'password',
      'Password1234!',
      'changeme-changeme',
      'change-me-123456',
      'CHANGE_THIS_2024',
      '123456789012',
    ],
    ...[
      'correct horse battery staple',
      'super-secret-password',
      'qwertyuiop123',
      'aaaaaaaaaaaaaaa',
      'abababababababab',
    ],
    ...['tradewright-2026', 'your-password-here', 'letmein!!!!!!!', '____________', 'somethingrandom', 'adminadmin12'],
    ...['ｐａｓｓｗｏｒｄ１２３４', 'password١٢٣٤٥', '—…·¿¡«»“”†‡§'],
    ...['ann-ann-ann-ann', 'ann1234567890', 'annpassword1!', `${'a long one '.repeat(30)}`],
  ];
  for (const password of weak)
    test(`${password.slice(0, 40)} -> refused, without being repeated`, () => {
      const expected = weaknessOf(password, 'ann');
      assert.ok(expected !== null);
      assert.ok(!expected.includes(password));
    });

  test('words by chance, or what a generator makes -> taken', () => {
    for (const good of ['four words by chance', 'Tz4-mQ9 vLk2', 'korrekt pferd batterie', 'ann likes blue bicycles'])
      assert.equal(weaknessOf(good, 'ann'), null, good);
    for (const good of [
      'четыре случайных слова',
      'τέσσερις τυχαίες λέξεις',
      '四个随机的词语放在这里好',
      'चार शब्द संयोग से',
      'ארבע מילים באקראי',
    ])
      assert.equal(weaknessOf(good, 'ann'), null, good);
    for (const good of ['a — синие велосипеды', 'ann: синие велосипеды', '-------1 Zq9kLm2xVb'])
      assert.equal(weaknessOf(good, 'ann'), null, good);
    const bytes = fc.uint8Array({ minLength: 16, maxLength: 32 });
    fc.assert(
      fc.property(
        bytes.filter((b) => new Set(b).size > 12),
        (b) => {
          assert.equal(weaknessOf(Buffer.from(b).toString('base64url'), 'ann'), null);
        },
      ),
    );
  });

  test('what stands in examples -> known however it is written', () => {
    for (const sample of [
      'changeme',
      'Change-Me',
      'CHANGE_ME!',
      '"changeme"',
      'secret123',
      '',
      '   ',
      'super-secret',
      '12345',
    ])
      assert.ok(isSampleSecret(sample), sample);
    for (const good of ['x9', 'blue bicycles', 'zebra', 'secretary of state', 'пароли', '四个词'])
      assert.ok(!isSampleSecret(good), good);
  });
});

describe('settings of a server that others reach', () => {
  const samplesOf = (env: Readonly<Record<string, string>>): readonly string[] =>
    shownSettings(readSettings({}, env, '/nowhere')).samples;

  test('a secret or the password of an address that stands in examples -> named; others, and none -> not', () => {
    assert.deepEqual(
      samplesOf({
        TRADEWRIGHT_DATABASE: 'postgres://tradewright:change-me@db/tradewright',
        TRADEWRIGHT_REGISTRY: 'postgres://tradewright:Zk3%2F9uX1-pw@db/tradewright',
        TRADEWRIGHT_REDIS: 'redis://:changeme@cache:6379',
        TRADEWRIGHT_SHARED_CACHE: 'redis://cache:6379',
        TRADEWRIGHT_EVENT_BUS: 'redis://user:pass%77ord@bus:6379',
        TRADEWRIGHT_SERVER_KEY: 'secret',
        TRADEWRIGHT_LOG_SIZE: '1m',
      }),
      ['TRADEWRIGHT_SERVER_KEY', 'TRADEWRIGHT_DATABASE', 'TRADEWRIGHT_REDIS', 'TRADEWRIGHT_EVENT_BUS'],
    );
    assert.deepEqual(samplesOf({}), []);
  });
});
