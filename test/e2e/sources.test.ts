import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { type Envelope, Scene, waveCsv } from './command-line.ts';

const scene = new Scene();
after(() => scene.remove());
const wave = scene.write('WAVE-USD_1h.csv', waveCsv(800));
/** Waves begin on 2024-01-01; every 20 hours there is a score, by turns good and bad, between two closes. */
const scores = scene.write(
  'scores.csv',
  `time,value\n${Array.from({ length: 40 }, (_, k) => {
    const time = new Date(Date.UTC(2024, 0, 1, 5 + 20 * k, 30)).toISOString();
    return `${time},${k % 2 === 0 ? 1 : -1}\n`;
  }).join('')}`,
);
scene.write(
  'scored.ts',
  `import { bars, defineStrategy } from 'tradewright';
export default defineStrategy({
  id: 'scored', params: {}, data: { main: bars() }, indicators: () => ({}),
  sources: { score: { about: 'of the day' } },
  onSource(c, _name, value) {
    if (value === 1) c.buy({ size: { pctEquity: 0.5 }, why: 'good' });
    else c.position.close('bad');
  },
});
`,
);
const RUN = ['backtest', './scored.ts', '--data', wave, '--no-interval'];

describe('backtest with recorded values of a source', () => {
  let first: Envelope['data'];
  const jsonOf = (data: Envelope['data']): string =>
    scene.path(data.files.find((f: { format: string }) => f.format === 'json').path);

  test('scores between the bars -> each acted upon at the open after it; summary and report name the file', async () => {
    const { body } = await scene.json([...RUN, '--source', `score=${scores}`, '--report', 'json,html']);
    first = body.data;
    const report = JSON.parse(readFileSync(jsonOf(first), 'utf8'));
    assert.deepEqual(report.sources, first.sources);
    const { name, file, values } = first.sources[0];
    assert.deepEqual([name, file, values], ['score', scores, 40]);
    assert.equal(report.counts.fills, 40);
    // Told at 5:30, before the bar of five o'clock has closed; it fills at six.
    assert.equal(report.trades[0].entryTimeMs, Date.UTC(2024, 0, 1, 6));
    assert.ok(
      first.checks.every(({ status }: { status: string }) => status !== 'failed'),
      JSON.stringify(first.checks),
    );
  });

  test('the same values under another name -> the same events, and no further try', async () => {
    copyFileSync(scene.path(scores), scene.path('copy.csv'));
    const { body } = await scene.json([...RUN, '--source', 'score=copy.csv', '--report', 'none']);
    assert.deepEqual(body.data.hashes, first.hashes);
    const tries = body.data.checks.find(({ name }: { name: string }) => name === 'tries');
    assert.match(tries.text, /^1 try /);
  });

  test('from its report, the file having changed -> said; the run is another', async () => {
    const text = readFileSync(scene.path(scores), 'utf8');
    writeFileSync(scene.path(scores), text.replace(/,-1\n$/, ',1\n').replace(/,1\n/, ',-1\n'));
    const { body } = await scene.json(['backtest', '--from-report', jsonOf(first), '--report', 'none']);
    assert.notEqual(body.data.hashes.events, first.hashes.events);
    assert.notEqual(body.data.hashes.inputs, first.hashes.inputs);
    assert.match(
      JSON.stringify(body.warnings),
      /"data-changed".*source score: its values are other than in the report/,
    );
    const diff = await scene.json(['runs', 'diff', first.run, body.data.run]);
    const told = diff.body.data.request.find(({ field }: { field: string }) => field === 'values of source score');
    assert.equal(told.a, first.sources[0].hash);
    assert.notEqual(told.b, told.a);
  });

  test('check -> with the values, in both processes', async () => {
    const { body } = await scene.json(['check', './scored.ts', '--data', wave, '--source', `score=${scores}`]);
    const status = Object.fromEntries(
      body.data.checks.map((c: { name: string; status: string }) => [c.name, c.status]),
    );
    assert.deepEqual([status['look-ahead'], status['replay'], status['determinism']], ['passed', 'passed', 'passed']);
  });
});
