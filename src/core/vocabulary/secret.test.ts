import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { format, inspect } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { Secret } from './secret.ts';

const CANARY = 'CANARY-5f3a91';
const secret = new Secret(CANARY);
/** What the compiler would not let through. */
const asText = secret as unknown as string;
const holder = { keys: { secret, list: [secret], map: new Map([['k', secret]]), set: new Set([secret]) } };

/** What a comparison that fails says, which prints both sides. */
function complaint(): string {
  try {
    assert.deepEqual(holder, { other: secret });
  } catch (error) {
    return `${(error as Error).message}${inspect(error, { depth: 9, showHidden: true })}`;
  }
  throw new Error('they are equal');
}

function sent(): unknown {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(holder);
  const { message } = receiveMessageOnPort(port2) as { message: unknown };
  port1.close();
  port2.close();
  return message;
}

const WAYS: Readonly<Record<string, () => unknown>> = {
  template: () => `${asText}`,
  String: () => String(secret),
  concatenation: () => `a${asText}`,
  join: () => [secret].join(','),
  toString: () => secret.toString(),
  valueOf: () => secret.valueOf(),
  toLocaleString: () => secret.toLocaleString(),
  'JSON.stringify': () => JSON.stringify(holder),
  'JSON.stringify of itself': () => JSON.stringify(secret),
  inspect: () => inspect(holder, { depth: 9, showHidden: true, getters: true }),
  'inspect without custom ways': () => inspect(holder, { depth: 9, showHidden: true, customInspect: false }),
  'format %s %o %O %j %d': () => format('%s %o %O %j %d', secret, holder, holder, holder, secret),
  'error message': () => inspect(new Error(`found ${asText}`, { cause: holder })),
  'error property': () => inspect(Object.assign(new Error('no'), { secret, holder })),
  'aggregate error': () => inspect(new AggregateError([Object.assign(new Error('no'), { secret })])),
  assertion: complaint,
  'structured clone': () => structuredClone(holder),
  'message to a thread': sent,
  'v8 serializer': () => deserialize(serialize(holder)),
  'v8 bytes': () => serialize(holder).toString('latin1'),
  keys: () => [
    Object.keys(secret),
    Object.entries(secret),
    Reflect.ownKeys(secret),
    Object.getOwnPropertyDescriptors(secret),
  ],
  'copied into another object': () => Object.assign({}, secret),
  'URL parameters': () => new URLSearchParams({ secret: asText }).toString(),
  'symbol description': () => Symbol(asText).toString(),
  'table of the console': () => inspect([holder, secret]),
};

describe('secret', () => {
  for (const [way, show] of Object.entries(WAYS))
    test(`shown by ${way} -> the text is not in it`, () => {
      const shown = show();
      const all = `${typeof shown === 'string' ? shown : ''}${inspect(shown, { depth: 9, showHidden: true })}${JSON.stringify(shown)}`;
      assert.doesNotMatch(all, /CANARY|5f3a91/);
    });

  test('revealed -> the text', () => {
    assert.equal(secret.reveal(), CANARY);
    assert.equal(`${asText}`, '[secret]');
  });

  test('a process that prints it everywhere and dies of it -> the text is not in its output', () => {
    const url = new URL('./secret.ts', import.meta.url).href;
    const script = `
      const { Secret } = await import(${JSON.stringify(url)});
      const secret = new Secret(['CANARY', '5f3a91'].join('-'));
      console.log(secret, { secret }, [secret], String(secret));
      console.error('%s %o %j', secret, secret, secret);
      console.table([{ secret }]);
      console.dir({ secret }, { showHidden: true });
      process.emitWarning('about ' + secret);
      throw Object.assign(new Error('failed with ' + secret, { cause: { secret } }), { secret });`;
    const run = spawnSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
    assert.notEqual(run.status, 0);
    assert.match(run.stdout, /\[secret\]/);
    assert.match(run.stderr, /failed with \[secret\]/);
    // The source text that a crash quotes was built so that it does not hold the whole.
    assert.doesNotMatch(run.stdout + run.stderr, /CANARY-5f3a91/);
  });
});
