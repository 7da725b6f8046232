import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { execute } from '../../src/api/handlers/handlers.ts';
import { ServedJobs } from '../../src/api/handlers/serve-jobs.ts';
import type { JobLine } from '../../src/api/operations/jobs.ts';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';
import type { Log } from '../../src/ports/logs.ts';
import { newHome } from './new-home.ts';
import { openScene, type ServerScene } from './server-scene.ts';
import { RawClient } from './socket-client.ts';

const lines: { what: string; fields: object }[] = [];
const log: Log = {
  write: (_level, what, fields = {}) => void lines.push({ what, fields }),
  of: () => log,
};
const place = newHome();
const { home } = place;
let scene: ServerScene;
let jobs: ServedJobs;
before(async () => {
  const world = compose(readConfig({ home }, {}, home));
  jobs = await ServedJobs.open(world, { atOnce: 1, log });
  scene = await openScene(
    { world, probes: { jobs: { look: () => jobs.probe(), decides: true } }, jobTally: jobs.tally },
    home,
  );
});
after(async () => {
  await scene.close();
  await jobs.close(0);
  await scene.world.close();
  place.remove();
});

const SHORT = { strategy: 'sma-cross', data: ['synthetic'], checks: false, interval: false, to: '2024-02-01' };
let keys = 0;
const key = (): string => `job-test-${keys++}`;

/** The job when it has ended, as its topic tells. */
async function ended(id: string): Promise<{ job: JobLine; result: Record<string, unknown> | null }> {
  const client = await RawClient.open(scene);
  client.send({ k: 'subscribe', id: 'job', operation: 'jobs show', input: { id } });
  assert.equal((await client.answer('job')).k, 'subscribed');
  const { result, problem } = await client.frame('ended');
  client.close();
  assert.equal(problem, undefined, JSON.stringify(problem));
  return result.data;
}

describe('jobs of a server', () => {
  test('jobs ls followed while nothing changes -> everybody else is answered meanwhile', async () => {
    const client = await RawClient.open(scene);
    client.send({ k: 'subscribe', id: 'all', operation: 'jobs ls', input: { follow: true } });
    assert.equal((await client.answer('all')).k, 'subscribed');
    await client.frame('snapshot');
    // Who follows without waiting between two looks would let nothing else of the server come to its turn.
    assert.equal((await scene.ask('/api/jobs')).status, 200);
    client.close();
  });

  test('POST /api/backtests -> 202 with the job and its place; its result is that of the command, and the run is kept', async () => {
    const answer = await scene.command('/api/backtests', SHORT, key());
    assert.equal(answer.status, 202, answer.text);
    assert.equal(answer.body.schema, 'tradewright.jobs-add/1');
    const { job } = answer.body.data as { job: JobLine };
    assert.deepEqual([job.operation, job.state, job.actor.startsWith('local by ')], ['backtest', 'waiting', true]);
    const place = String(answer.headers['location']);
    assert.equal(place, `/api/jobs/${job.id}`);
    const { job: done, result } = await ended(job.id);
    assert.deepEqual([done.state, done.attempt, done.failure], ['done', 1, null]);
    const told = (await scene.ask(place)).body.data;
    assert.deepEqual(told.result, result);
    assert.deepEqual(told.input, SHORT);
    const direct = await scene.command('/api/backtest', SHORT, key());
    assert.equal(direct.status, 200, direct.text);
    const figures = ({ status, hashes, metrics, conventions, fills }: Record<string, unknown>) => ({
      ...{ status, hashes, metrics, conventions, fills },
    });
    assert.deepEqual(figures(result!), figures(direct.body.data));
    const run = (await scene.ask(`/api/runs/${done.run}`)).body.data;
    assert.deepEqual([run.id, run.status, run.hashes.events], [done.run, 'finished', direct.body.data.hashes.events]);
    const compared = (await scene.ask(`/api/runs/diff?a=${done.run}&b=${direct.body.data.run}`)).body.data;
    assert.deepEqual([compared.sameInputs, compared.sameEvents], [true, true]);
  });

  test('the same idempotency key -> the same job; what the operation refuses is refused now', async () => {
    const once = key();
    const first = await scene.command('/api/backtests', SHORT, once);
    const again = await scene.command('/api/backtests', SHORT, once);
    assert.deepEqual([again.status, again.body], [202, first.body]);
    assert.equal(again.headers['location'], first.headers['location']);
    const wrong = await scene.command('/api/backtests', { ...SHORT, cash: -1 }, key());
    assert.deepEqual([wrong.status, wrong.body.code], [400, 'input-invalid']);
    const tried = await scene.command('/api/backtests', { ...SHORT, dryRun: true }, key());
    assert.deepEqual([tried.status, tried.body.schema], [200, 'tradewright.dry-run/1']);
    const all = (await scene.ask('/api/jobs?limit=500')).body.data.jobs as JobLine[];
    assert.equal(all.length, 2, 'nothing was left by what was refused or only tried');
    await scene.command(`/api/jobs/${first.body.data.job.id}/cancel`, {}, key());
  });

  test('a backtest of several strategies as a job -> the run of the command, with what each did', async () => {
    const input = { ...SHORT, with: ['dca,share=0.3'], param: { 'dca.every': 3 } };
    const { body } = await scene.command('/api/backtests', input, key());
    const { job: done, result } = await ended((body.data as { job: JobLine }).job.id);
    assert.deepEqual([done.state, done.failure], ['done', null]);
    const direct = (await scene.command('/api/backtest', input, key())).body.data;
    const { hashes, byStrategy } = result as { hashes: unknown; byStrategy: readonly { readonly strategy: string }[] };
    assert.deepEqual([hashes, byStrategy], [direct.hashes, direct.byStrategy]);
    assert.deepEqual(
      byStrategy.map(({ strategy }) => strategy),
      ['sma-cross', 'dca'],
    );
    const run = (await scene.ask(`/api/runs/${done.run}`)).body.data;
    assert.equal(run.strategy, 'sma-cross + dca');
  });

  test('prefer: respond-async -> a job in the place of any deed that may be one', async () => {
    const { body } = await scene.ask('/api/runs');
    const run = body.data.runs[0].id as string;
    const answer = await scene.command('/api/report', { run, format: 'md' }, key(), {
      prefer: 'respond-async, wait=1',
    });
    assert.deepEqual([answer.status, answer.headers['preference-applied']], [202, 'respond-async'], answer.text);
    const { job, result } = await ended(answer.body.data.job.id);
    assert.deepEqual([job.state, job.run, result!['run']], ['done', null, run]);
    const now = await scene.command('/api/jobs/add', { operation: 'report', input: {} }, key(), {
      prefer: 'respond-async',
    });
    assert.deepEqual([now.status, now.body.code, now.headers['preference-applied']], [400, 'input-invalid', undefined]);
  });

  test('prefer: respond-async where nothing is done later -> is not said to have been applied', async () => {
    const prefer = { prefer: 'respond-async' };
    const tried = await scene.command('/api/backtest', { ...SHORT, dryRun: true }, key(), prefer);
    assert.deepEqual([tried.status, tried.headers['preference-applied']], [200, undefined], tried.text);
    const wrong = await scene.command('/api/backtest', { ...SHORT, cash: -1 }, key(), prefer);
    assert.deepEqual([wrong.status, wrong.headers['preference-applied']], [400, undefined], wrong.text);
  });

  test('a job that is asked for in lines -> is answered as any other, with its place', async () => {
    for (const [path, more] of [
      ['/api/backtests', {}],
      ['/api/backtest', { prefer: 'respond-async' }],
    ] as const)
      for (const accept of ['application/x-ndjson', 'text/event-stream']) {
        const answer = await scene.command(path, SHORT, key(), { ...more, accept });
        assert.equal(answer.status, 202, answer.text);
        const { id } = answer.body.data.job as JobLine;
        assert.equal(answer.headers['location'], `/api/jobs/${id}`);
        await scene.command(`/api/jobs/${id}/cancel`, {}, key());
      }
  });

  test('a backtest that goes on -> told with rate and time left; cancelled it keeps what there was', async () => {
    const long = { strategy: 'sma-cross', data: ['synthetic'] };
    const client = await RawClient.open(scene);
    client.send({ k: 'subscribe', id: 'all', operation: 'jobs ls', input: {} });
    const [{ job }, other] = await Promise.all([
      scene.command('/api/backtests', long, key()).then(({ body }) => body.data as { job: JobLine }),
      client.frame('snapshot'),
    ]);
    assert.ok(Array.isArray(other.data.jobs));
    const asked = await scene.command(`/api/jobs/${job.id}/cancel`, {}, key());
    assert.equal(asked.status, 200, asked.text);
    const { job: cancelled } = await ended(job.id);
    assert.equal(cancelled.state, 'cancelled');
    const late = await scene.command(`/api/jobs/${job.id}`, {}, key(), {}, 'DELETE');
    assert.equal(late.status, 200, 'once more changes nothing');
    client.close();
  });

  test('who may not ask an operation -> may not have it done as a job either', async () => {
    const research = await scene.key(['read', 'research']);
    const add = (operation: string, input: object) =>
      scene.command('/api/jobs/add', { operation, input }, key(), { authorization: research });
    const refused = await add('data-import', { files: ['/etc/passwd'] });
    assert.deepEqual([refused.status, refused.body.code], [403, 'scope-missing']);
    const file = await add('backtest', { strategy: '/etc/passwd.ts', data: ['synthetic'] });
    assert.deepEqual([file.status, file.body.code], [403, 'scope-missing']);
    // What words stand for is what counts: a list is no file with commas in its name, and a file among others is one.
    const hidden = await add('backtest', { strategy: 'sma-cross', data: 'synthetic, /etc/passwd.csv' });
    assert.deepEqual([hidden.status, hidden.body.code], [403, 'scope-missing']);
    const list = await add('backtest', { strategy: 'sma-cross', data: 'binance:BTCUSDT@1h,binance:ETHUSDT@1h' });
    assert.equal(list.status, 200, list.text);
    await scene.command(`/api/jobs/${list.body.data.job.id}/cancel`, {}, key());
    const reader = await scene.key(['read']);
    const backtest = await scene.command('/api/backtests', SHORT, key(), { authorization: reader });
    assert.deepEqual([backtest.status, backtest.body.code], [403, 'scope-missing']);
  });

  test('a job that fails for good -> its failure as the command has it, given up after one try', async () => {
    const missing = { ...SHORT, data: ['X:NOTHING-USD'] };
    const { body } = await scene.command('/api/backtests', missing, key());
    const { job, result } = await ended(body.data.job.id);
    assert.deepEqual([job.state, job.attempt, job.failure!.code, result], ['failed', 1, 'data-unknown', null]);
    const retried = await scene.command(`/api/jobs/${job.id}/retry`, {}, key());
    assert.deepEqual([retried.status, retried.body.data.job.attempt], [200, 0]);
    await scene.command(`/api/jobs/${job.id}/cancel`, {}, key());
    assert.ok(lines.some(({ what, fields }) => what === 'job-failed' && JSON.stringify(fields).includes(job.id)));
  });

  test('the report of a run -> one page that reaches nothing; no path leads to another file', async () => {
    const { body } = await scene.ask('/api/runs');
    const run = body.data.runs.find((each: { status: string }) => each.status === 'finished').id as string;
    const page = await scene.ask(`/api/runs/${run}/report`);
    assert.equal(page.status, 200, page.text);
    assert.equal(page.headers['content-type'], 'text/html; charset=utf-8');
    assert.match(String(page.headers['content-security-policy']), /^default-src 'none';.*sandbox allow-scripts/);
    assert.match(page.text, /^<!doctype html>/);
    assert.ok(page.text.includes(run));
    const known = await scene.ask(`/api/runs/${run}/report`, {
      headers: { 'if-none-match': String(page.headers['etag']) },
    });
    assert.deepEqual([known.status, known.text], [304, '']);
    const admin = await scene.key(['read', 'admin']);
    const call = { warn() {}, update() {}, progress: () => true, stop: new AbortController().signal };
    for (const odd of ['..', '../../etc/passwd', `../reports/${run}.json`, `${run}.json`, 'x\u0000', run.slice(0, -1)])
      await assert.rejects(execute('runs-page', { run: odd }, scene.world, call), { code: 'run-unknown' }, odd);
    const odd = `/api/runs/${encodeURIComponent(`../reports/${run}.json`)}/report`;
    assert.equal((await scene.ask(odd, { headers: { authorization: admin } })).status, 404);
    const reader = await scene.key(['read']);
    const path = `/api/runs/${encodeURIComponent(`../reports/${run}.json`)}/report`;
    assert.equal((await scene.ask(path, { headers: { authorization: reader } })).status, 403, 'files are for admin');
  });

  test('/health and /metrics -> tell of jobs', async () => {
    const { body } = await scene.ask('/health');
    assert.deepEqual(
      body.modules.map(({ name, status }: { name: string; status: string }) => [name, status]),
      [['jobs', 'ok']],
    );
    const { text } = await scene.ask('/metrics');
    assert.match(text, /^tradewright_jobs\{state="waiting"\} \d+$/m);
    assert.match(text, /^tradewright_job_seconds_count\{operation="backtest"\} [1-9]\d*$/m);
    assert.match(text, /^tradewright_job_failures_total\{operation="backtest"\} [1-9]$/m);
  });
});
