import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Scene, strategyFile } from './command-line.ts';

const scene = new Scene();
after(() => scene.remove());

const HALF_HOUR_MS = 1_800_000;

/** Half-hour bars of New York's sessions in February and March 2024, which clocks go forward in; `shiftMs` moves them off the grid. */
function halfHours(shiftMs = 0): string {
  let text = 'ts,open,high,low,close,volume\n';
  let price = 100;
  for (let day = Date.UTC(2024, 1, 1); day < Date.UTC(2024, 3, 1); day += 86_400_000) {
    const weekday = new Date(day).getUTCDay();
    const isHoliday = day === Date.UTC(2024, 1, 19) || day === Date.UTC(2024, 2, 29);
    if (weekday === 0 || weekday === 6 || isHoliday) continue;
    const openMs = day + (day < Date.UTC(2024, 2, 10) ? 14.5 : 13.5) * 3_600_000 + shiftMs;
    for (let k = 0; k < 13; k++) {
      const close = Number((price * (1 + 0.004 * Math.sin(k + day / 1e9))).toFixed(2));
      text += `${openMs + k * HALF_HOUR_MS},${price},${Math.max(price, close)},${Math.min(price, close)},${close},1000\n`;
      price = close;
    }
  }
  return text;
}

scene.write('ACME.csv', halfHours());
scene.write('LATE.csv', halfHours(-12 * 3_600_000));
const daily = scene.write(
  'daily.ts',
  strategyFile(
    'daily',
    "if (c.closed('day') && !c.position.isOpen) c.buy({ size: { qty: 1 }, why: 'day over' }); else if (c.closed('day')) c.position.close('next day over');",
  ).replace('data: { main: bars() }', "data: { main: bars(), day: bars('1d') }"),
);
const run = (file: string, ...flags: readonly string[]) =>
  scene.json(['backtest', `./${daily}`, '--data', file, '--no-checks', '--no-interval', ...flags]);

describe('calendars from the command line', () => {
  test('half hours of a US share -> New York’s calendar is told from the data: no gaps, 252 days a year', async () => {
    const { code, body } = await run('ACME.csv');
    assert.equal(code, 0);
    assert.deepEqual([body.data.data[0].gaps, body.data.data[0].missingBars], [0, 0]);
    assert.ok(!body.warnings.some((w) => w.code === 'calendar-unknown'));
    const shown = await scene.run(['backtest', `./${daily}`, '--data', 'ACME.csv', '--no-checks', '--no-interval']);
    assert.match(shown.out, /252 d/);
  });

  test('--calendar 24x7 -> UTC days around the clock, with gaps at night', async () => {
    const { body } = await run('ACME.csv', '--calendar', '24x7');
    assert.ok(body.data.data[0].gaps > 30, `${body.data.data[0].gaps}`);
  });

  test('hours that are not New York’s -> a warning and UTC days; asked for -> refused', async () => {
    const { code, body } = await run('LATE.csv');
    assert.equal(code, 0);
    assert.ok(body.warnings.some((w) => w.code === 'calendar-unknown'));
    const asked = await run('LATE.csv', '--calendar', 'us-equities');
    assert.equal(asked.body.error.code, 'input-invalid');
    assert.match(asked.body.error.message, /30m bars of FILE:LATE do not fit us-equities/);
  });

  test('a calendar that there is not -> refused with those that there are', async () => {
    const { body } = await run('ACME.csv', '--calendar', 'moon');
    assert.equal(body.error.code, 'input-invalid');
    assert.match(JSON.stringify(body.error), /us-equities/);
  });
});
