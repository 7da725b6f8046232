import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { createClient, ProblemError } from '../../src/api/client/client.ts';
import { queryOf } from '../../src/api/client/request.ts';
import { fieldKind, shapeOf } from '../../src/api/field-shape.ts';
import { OPERATION_ROUTES, queryInput } from '../../src/api/http/routes.ts';
import { addUser, PASSWORD } from './browser.ts';
import { openScripted } from './scripted-streams.ts';
import { openScene } from './server-scene.ts';

const scene = await openScene();
after(() => scene.close());
const client = createClient({ url: `${scene.url}/` });

/** Node's own, which a test can cut. */
class Cuttable extends WebSocket {
  static all: Cuttable[] = [];
  /** Frames that are lost on the way. */
  static loses: (text: string) => boolean = () => false;
  constructor(url: string) {
    super(url);
    Cuttable.all.push(this);
  }
  override set onmessage(hear: ((event: MessageEvent) => void) | null) {
    super.onmessage = hear === null ? null : (event) => (Cuttable.loses(String(event.data)) ? undefined : hear(event));
  }
  override get onmessage() {
    return super.onmessage as never;
  }
}

/** Answers when a condition holds. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

describe('calls of the client', () => {
  test('a query with numbers, lists and switches, a command, what it refused -> typed output, typed problems', async () => {
    assert.equal((await client.call('version')).version, scene.world.version);
    assert.deepEqual((await client.call('runs ls', { limit: 3 })).runs, []);
    const made = await client.call('data generate', { from: '2024-01-01', to: '2024-03-11' });
    assert.ok(made.series.length > 0);
    const refused = client.call('runs show', { run: 'bt_NONE' });
    await assert.rejects(refused, (error: ProblemError) => {
      assert.ok(error instanceof ProblemError);
      assert.deepEqual([error.code, error.status, error.docs], ['run-unknown', 404, 'reference/cli']);
      assert.match(error.correlation!, /^[0-9a-f-]{36}$/);
      return error.message !== '' && error.hint !== '';
    });
    await assert.rejects(client.call('runs ls', { limit: 1.5 }), { code: 'input-invalid' });
  });

  test('a backtest with pairs -> progress, then its result', async () => {
    let told = 0;
    const input = {
      ...{ strategy: 'sma-cross', data: ['synthetic'], param: { fast: '5', slow: '20' } },
      ...{ report: 'none' as const, checks: false, interval: false },
    };
    const { strategy } = await client.call('backtest', input, { progress: () => void told++ });
    assert.deepEqual([strategy[0]!.params['fast'], strategy[0]!.params['slow']], [5, 20]);
    assert.ok(told > 0);
    const { strategies } = await client.call('strategies', { strategy: 'sma-cross' });
    assert.equal(strategies[0]!.id, 'sma-cross');
  });

  test('an answer that is lost on the way -> asked again under the same key, done once', async () => {
    const scripted = await openScripted();
    const keys: string[] = [];
    let tries = 0;
    const shaky = createClient({
      url: scripted.url,
      fetch: async (url, init) => {
        keys.push(new Headers(init!.headers).get('idempotency-key')!);
        const answer = await fetch(url, init);
        if (++tries === 1) throw new TypeError('fetch failed');
        return answer;
      },
    });
    const paused = shaky.call('pause', { session: 'x' });
    (await scripted.begun(1)).end({ session: 'once' });
    assert.deepEqual(await paused, { session: 'once' });
    assert.deepEqual([scripted.streams.length, keys.length, new Set(keys).size], [1, 2, 1]);
    await scripted.close();
  });

  test('any input of any query -> read at the server as it was written', () => {
    for (const route of OPERATION_ROUTES.filter((r) => r.method === 'GET')) {
      const { operation, method } = route;
      const fields = Object.entries(operation.input.shape).map(([name, schema]) => {
        const { base, isList } = shapeOf(schema as Parameters<typeof shapeOf>[0]);
        const [word, few] = [fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 3 }];
        const value = {
          ...{ text: word.filter((text) => text !== ''), switch: fc.boolean() },
          number: fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
          pairs: fc.dictionary(
            word.filter((w) => w !== '' && !w.includes('=') && w !== '__proto__'),
            word,
            { minKeys: 1, maxKeys: 3, noNullPrototype: true },
          ),
        }[fieldKind(base)];
        return [name, isList ? fc.array(value as fc.Arbitrary<unknown>, few) : value];
      });
      fc.assert(
        fc.property(fc.record(Object.fromEntries(fields), { requiredKeys: [], noNullPrototype: true }), (input) => {
          const words = queryOf(operation, input as Record<string, unknown>).slice(1);
          assert.deepEqual(queryInput(route, words), input, `${method} ${operation.name}`);
        }),
        { numRuns: 40 },
      );
    }
  });

  test('a name that is no operation, from a program without types -> the problem that the server would tell', async () => {
    await assert.rejects(client.call('order-place' as 'order place', {} as never), {
      ...{ name: 'ProblemError', code: 'route-unknown' },
      message: 'there is no operation order-place',
    });
  });

  test('nobody there, and somebody else -> problems that say so', async () => {
    await assert.rejects(createClient({ url: 'http://127.0.0.1:9' }).call('version'), { code: 'server-unreachable' });
    const { createServer } = await import('node:http');
    const other = createServer((_request, response) => response.end('<html>'));
    await new Promise<void>((ready) => other.listen(0, '127.0.0.1', ready));
    const { port } = other.address() as { port: number };
    await assert.rejects(createClient({ url: `http://127.0.0.1:${port}` }).call('version'), {
      code: 'server-different',
    });
    const lost = createClient({ url: `http://127.0.0.1:${port}`, patienceMs: 0 }).subscribe('status', {}, () => {});
    await assert.rejects(lost.ended, { code: 'server-unreachable' });
    await new Promise((closed) => other.close(closed));
  });
});

describe('the client in a page of the server', () => {
  /** A stand-in for a browser: keeps the cookie of its answers, sends it and says where the page is from. */
  function browser(url: string) {
    const state = { cookie: '', asked: [] as string[], keys: new Set<string | null>() };
    const own: typeof fetch = async (to, init) => {
      const headers = new Headers(init?.headers);
      headers.set('origin', url);
      headers.set('cookie', state.cookie);
      state.asked.push(new URL(to as string).pathname);
      state.keys.add(headers.get('idempotency-key'));
      const answer = await fetch(to, { ...init, headers });
      const [set] = answer.headers.getSetCookie();
      if (set !== undefined) state.cookie = set.split(';')[0]!;
      return answer;
    };
    return { state, client: createClient({ url, fetch: own }), again: () => createClient({ url, fetch: own }) };
  }

  test('signs in, acts, proves, signs out -> the token goes along by itself', async (t) => {
    const guarded = await openScene({ allowsLocal: false, execute: async () => ({ reached: true }) });
    t.after(() => guarded.close());
    await addUser(guarded, 'ann', ['read', 'risk']);
    const { client, state, again } = browser(guarded.url);
    assert.equal((await client.session()).needsSignIn, true);
    await assert.rejects(client.call('pause', {}), { code: 'unauthenticated', status: 401 });
    await assert.rejects(client.signIn({ name: 'ann', password: 'no' }), { code: 'sign-in-refused' });
    assert.equal((await client.signIn({ name: 'ann', password: PASSWORD })).user, 'ann');
    assert.deepEqual(await client.call('pause', {}), { reached: true });
    // As after the page was loaded anew: it learns the token from the refusal, and asks for the same deed.
    state.asked.length = 0;
    state.keys.clear();
    assert.deepEqual(await again().call('pause', {}), { reached: true });
    assert.deepEqual(state.asked, ['/api/pause', '/api/session', '/api/pause']);
    assert.equal([...state.keys].filter((key) => key !== null).length, 1);
    assert.equal((await again().stepUp({ password: PASSWORD })).stepUp.fresh, true);
    // Another sign-in in the same browser: its token is another one.
    await again().signIn({ name: 'ann', password: PASSWORD });
    assert.deepEqual(await client.call('pause', {}), { reached: true });
    assert.equal((await again().signOut()).signedIn, false);
    await assert.rejects(client.call('version'), { code: 'unauthenticated' });
    await assert.rejects(client.stepUp({ password: PASSWORD }), { code: 'unauthenticated' });
  });

  test('a server that refuses every token -> asked twice, then told', async () => {
    let asked = 0;
    const refusing = createClient({
      url: 'http://desk.example',
      fetch: async (to) => {
        if ((to as string).endsWith('/api/session'))
          return Response.json({ ok: true, data: { csrfToken: 'x' }, warnings: [] });
        asked++;
        return Response.json({ code: 'csrf-refused', detail: 'no' }, { status: 403 });
      },
    });
    await assert.rejects(refusing.call('pause', {}), { code: 'csrf-refused', status: 403 });
    assert.equal(asked, 2);
    const gone = createClient({ url: 'http://desk.example', fetch: () => Promise.reject(new TypeError('failed')) });
    await assert.rejects(gone.signIn({ name: 'ann', password: 'x' }), { code: 'server-unreachable' });
  });
});

describe('streams of the client', () => {
  test('states by patches, each of its own, and the end with its result', async () => {
    const scripted = await openScripted();
    const states: unknown[] = [];
    const following = createClient({ url: scripted.url });
    const { ended } = following.subscribe('positions', { session: 'x' }, (state) => void states.push(state));
    const stream = await scripted.begun(1);
    const rows = Array.from({ length: 40 }, (_, n) => ({ n }));
    const told = [{ positions: rows }, { positions: rows.slice(3) }, { positions: [] }];
    for (const [k, state] of told.entries()) {
      stream.update(state);
      await until(() => states.length === k + 1);
    }
    assert.deepEqual(states, told);
    stream.end({ equity: 7 });
    assert.deepEqual(await ended, { equity: 7 });
    await scripted.close();
  });

  test('a connection that is cut again and again -> nothing of what appends is lost or told twice', async () => {
    const scripted = await openScripted();
    const states: string[] = [];
    const following = createClient({
      ...{ url: scripted.url, key: (await scripted.key(['read'])).slice(7), WebSocket: Cuttable },
      onConnection: (state) => void states.push(state),
    });
    const opened = (): number => states.filter((s) => s === 'open').length;
    const heard: number[] = [];
    const gaps: boolean[] = [];
    const { ended } = following.subscribe('events', { session: 'x' }, (update, { hasGap }) => {
      heard.push((update as unknown as { n: number }).n);
      if (hasGap) gaps.push(true);
    });
    const stream = await scripted.begun(1);
    for (let n = 0; n < 300; n++) {
      stream.update({ n });
      if (n % 100 === 50) {
        await until(() => opened() === (n + 50) / 100);
        Cuttable.all.at(-1)!.close();
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await until(() => heard.length === 300);
    stream.end({});
    await ended;
    assert.deepEqual(
      heard,
      Array.from({ length: 300 }, (_, n) => n),
    );
    assert.deepEqual([gaps, scripted.streams.length], [[], 1]);
    assert.equal(opened(), 4, states.join());
    await scripted.close();
  });

  test('a frame that is lost -> noticed by its number, and the state is whole again', async () => {
    const scripted = await openScripted();
    const following = createClient({ url: scripted.url, WebSocket: Cuttable });
    const states: { n: number }[] = [];
    following.subscribe('status', { session: 'x' }, (state) => void states.push(state as never));
    const stream = await scripted.begun(1);
    const padding = 'x'.repeat(500);
    stream.update({ n: 1, m: 1, padding });
    await until(() => states.length === 1);
    Cuttable.loses = (text) => text.includes('"k":"delta"');
    stream.update({ n: 2, m: 1, padding });
    await new Promise((resolve) => setTimeout(resolve, 150));
    Cuttable.loses = () => false;
    stream.update({ n: 2, m: 3, padding });
    await until(() => states.length === 2);
    assert.deepEqual(states[1], { n: 2, m: 3, padding });
    following.close();
    await scripted.close();
  });

  test('a server that ends and another on its port -> found again, and the gap is told', async () => {
    const first = await openScripted();
    const { port } = first.server;
    const following = createClient({ url: first.url });
    const heard: (readonly [number, boolean])[] = [];
    const { ended } = following.subscribe('fills', {}, (update, { hasGap }) => {
      heard.push([(update as unknown as { n: number }).n, hasGap]);
    });
    (await first.begun(1)).update({ n: 1 });
    await until(() => heard.length === 1);
    let isOver = false;
    void ended.then(() => {
      isOver = true;
    });
    await first.close();
    const second = await openScripted({ port });
    (await second.begun(1)).update({ n: 2 });
    await until(() => heard.length === 2);
    assert.deepEqual(heard, [
      [1, false],
      [2, true],
    ]);
    assert.equal(isOver, false);
    following.close();
    await second.close();
  });

  test('a bad key, no key where one is needed, a scope that is missing, a key that is revoked -> typed problems', async () => {
    const scripted = await openScripted({ allowsLocal: false });
    const follow = (key?: string) =>
      createClient({ url: scripted.url, ...(key === undefined ? {} : { key }) }).subscribe('status', {}, () => {});
    await assert.rejects(follow().ended, { code: 'unauthenticated' });
    await assert.rejects(follow('tw_nothing').ended, {
      ...{ code: 'unauthenticated', message: 'the key is not valid here and now' },
    });
    await assert.rejects(follow((await scripted.key(['trade'])).slice(7)).ended, { code: 'scope-missing' });
    const key = (await scripted.key(['read'])).slice(7);
    const { ended } = follow(key);
    await scripted.begun(1);
    await (await scripted.world.apiKeys()).revoke(key.slice(3, 11));
    await assert.rejects(ended, { code: 'unauthenticated' });
    await scripted.close();
  });

  test('a stream of its own -> close asks it to end, and its result comes', async () => {
    const scripted = await openScripted();
    const own = createClient({ url: scripted.url }).subscribe('status', {}, () => {}, { shared: false });
    await scripted.begun(1);
    own.close();
    assert.deepEqual(await own.ended, { stopped: true });
    await scripted.close();
  });
});
