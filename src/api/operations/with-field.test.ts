import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { withField } from './with-field.ts';

const refusal = (text: string): string => withField.safeParse([text]).error!.issues[0]!.message;

describe('with', () => {
  test('names and files with what stands behind them -> read, in their order', () => {
    assert.deepEqual(
      withField.parse([
        'rsi2-reversion',
        './mine.ts,as=mine,share=0.3',
        ' ../dips.ts , share=30% , on=BTCUSDT+BINANCE:ETHUSDT ',
      ]),
      [
        { strategy: 'rsi2-reversion' },
        { strategy: './mine.ts', as: 'mine', share: 0.3 },
        { strategy: '../dips.ts', share: 0.3, on: ['BTCUSDT', 'BINANCE:ETHUSDT'] },
      ],
    );
    assert.deepEqual(withField.parse(undefined), []);
  });

  for (const [text, expected] of [
    ['', /^expected the strategy first/],
    ['as=dips', /^expected the strategy first/],
    ['share=0.3,rsi2-reversion', /^expected the strategy first/],
    ['dca,weekly', /instead of "weekly"/],
    ['dca,size=1', /as=id, share=0.3 or on=.* instead of "size=1"/],
    ['dca,constructor=1', /instead of "constructor=1"/],
    ['dca,as=Dips', /^as: expected an id in kebab-case/],
    ['dca,as=../dips', /^as: expected an id in kebab-case/],
    ['dca,as=a,as=b', /^as: expected once/],
    ['dca,share=0', /^share: expected a part .* above 0 and below 1/],
    ['dca,share=1', /^share: expected a part .* above 0 and below 1/],
    ['dca,share=30', /^share: expected a part/],
    ['dca,share=much', /^share: expected a part/],
    ['dca,on=', /^on: expected symbols/],
    ['dca,on=BTCUSDT+', /^on: expected symbols/],
    ['dca,on=BTCUSDT+BTCUSDT', /^on: .* each once/],
  ] as const)
    test(`${JSON.stringify(text)} -> refused`, () => assert.match(refusal(text), expected));
});
