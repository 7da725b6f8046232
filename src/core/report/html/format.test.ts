import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decimalText, duration, fixed, metricValue, money, percent, placesOf, reasonText } from './format.ts';
import { html, scriptJson } from './markup.ts';

/** Narrow no-break spaces as plain ones, so that expectations can be read. */
const plain = (text: string): string => text.replaceAll('\u202f', ' ');

describe('format', () => {
  test('fixed: negative -> U+2212; five digits and more -> groups; four -> none', () => {
    assert.equal(plain(fixed(-1234567.891, 2)), '−1 234 567.89');
    assert.equal(plain(fixed(12345, 0)), '12 345');
    assert.equal(fixed(1234, 0), '1234');
    assert.ok(fixed(12345, 0).includes('\u202f'), 'the space does not break');
  });

  test('fixed: zero after rounding -> no sign, however it was asked for', () => {
    assert.equal(fixed(-0.004, 2, 'always'), '0.00');
    assert.equal(fixed(-0, 0), '0');
    assert.equal(fixed(0.006, 2, 'always'), '+0.01');
  });

  test('fixed: not finite -> n/a', () => {
    assert.equal(fixed(Number.NaN, 2), 'n/a');
    assert.equal(fixed(Number.POSITIVE_INFINITY, 0), 'n/a');
  });

  test('percent and money -> two places and a unit', () => {
    assert.equal(plain(percent(0.12345, 'always')), '+12.35 %');
    assert.equal(plain(money(-10, { currency: 'USD', places: 2 })), '−10.00 USD');
    assert.equal(money(3), '3.00');
  });

  test('decimalText: text from the wire -> every decimal kept, real minus; other text -> as it came', () => {
    assert.equal(plain(decimalText('-12345.67890000')), '−12 345.67890000');
    assert.equal(decimalText('1e-8'), '1e-8');
  });

  test('duration -> two largest units', () => {
    assert.equal(plain(duration(412)), '412 ms');
    assert.equal(plain(duration(90_000)), '1 min 30 s');
    assert.equal(plain(duration(26 * 3_600_000)), '1 d 2 h');
    assert.equal(plain(duration(40 * 86_400_000 + 3_600_000)), '40 d');
    assert.equal(plain(duration(1_500)), '2 s');
  });

  test('duration: nearly a whole of the larger unit -> that, not as many of the smaller', () => {
    assert.equal(plain(duration(47.8 * 3_600_000)), '2 d');
    assert.equal(plain(duration(2 * 3_600_000 - 10_000)), '2 h');
    assert.equal(plain(duration(119_700)), '2 min');
    assert.equal(plain(duration(9 * 86_400_000 + 23.9 * 3_600_000)), '10 d');
    assert.equal(plain(duration(10.6 * 86_400_000)), '11 d');
  });

  test('placesOf: column of prices -> as many decimals as any needs', () => {
    assert.equal(placesOf([1, 2.5, 3.125]), 3);
    assert.equal(placesOf([]), 0);
  });

  test('metricValue: unit and name -> sign only where the figure is a change', () => {
    assert.equal(plain(metricValue({ name: 'totalReturn', unit: 'percent' }, 0.1)), '+10.00 %');
    assert.equal(plain(metricValue({ name: 'volatility', unit: 'percent' }, 0.1)), '10.00 %');
    assert.equal(
      plain(metricValue({ name: 'netProfit', unit: 'money' }, 5, { currency: 'USD', places: 2 })),
      '+5.00 USD',
    );
    assert.equal(metricValue({ name: 'deflatedSharpe', unit: 'probability' }, 0.91), '0.910');
    assert.equal(metricValue({ name: 'maxDrawdownPeak', unit: 'time' }, 0), '1970-01-01 00:00');
    assert.equal(plain(metricValue({ name: 'averageHolding', unit: 'ms' }, 3_600_000)), '1 h');
  });

  test('reasonText: known code -> words; unknown -> as it came', () => {
    assert.equal(reasonText('no-losses'), 'no losing trade');
    assert.equal(reasonText('other'), 'other');
  });
});

describe('markup', () => {
  test('html: text -> escaped in elements and attributes; markup -> as it is; nothing -> nothing', () => {
    const nasty = `<b a="x" b='y'>&`;
    assert.equal(
      html`<p title="${nasty}">${nasty}${html`<i>${1}</i>`}${null}${false}${['a', html`<u>`]}</p>`.text,
      '<p title="&lt;b a=&quot;x&quot; b=&#39;y&#39;&gt;&amp;">&lt;b a=&quot;x&quot; b=&#39;y&#39;&gt;&amp;<i>1</i>a<u></p>',
    );
  });

  test('scriptJson: text that would end the element -> cannot, and reads back the same', () => {
    const text = scriptJson(['</script><!--']).text;
    assert.ok(!text.includes('<'));
    assert.deepEqual(JSON.parse(text), ['</script><!--']);
  });
});
