import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, test } from 'node:test';
import { secretAsker } from './ask-secret.ts';

const PEM = '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA\n-----END PRIVATE KEY-----\n';

/** A terminal as far as asking goes: keys come one by one, and whether they are echoed is up to the program. */
class Terminal extends PassThrough {
  readonly isTTY = true;
  isRaw = false;

  setRawMode(isRaw: boolean): this {
    this.isRaw = isRaw;
    return this;
  }

  /** Types after the question has been asked. */
  type(text: string): void {
    setImmediate(() => this.write(text));
  }
}

function screenOf(): PassThrough & { readonly shown: () => string } {
  const screen = new PassThrough();
  let shown = '';
  screen.on('data', (text) => {
    shown += String(text);
  });
  return Object.assign(screen, { shown: () => shown });
}

describe('asking for secrets', () => {
  test('standard input: a line for each question, a private key to its last line -> in order, nothing shown', async () => {
    const input = new PassThrough();
    const screen = screenOf();
    const { ask, close } = secretAsker(input, screen);
    input.end(`key-1\r\n${PEM}  third \nlast without an end`);
    assert.equal((await ask('key')).reveal(), 'key-1');
    assert.equal((await ask('secret', { isNew: true })).reveal(), PEM);
    assert.equal((await ask('passphrase')).reveal(), 'third');
    assert.equal((await ask('more')).reveal(), 'last without an end');
    await assert.rejects(ask('too much'), {
      code: 'secret-missing',
      message: /too much: expected an answer, found the end/,
    });
    close();
    assert.equal(screen.shown(), '');
  });

  test('standard input: an empty line, a private key that is cut short -> refused, without what there was', async () => {
    const input = new PassThrough();
    const { ask, close } = secretAsker(input, screenOf());
    input.end('\n-----BEGIN PRIVATE KEY-----\nMC4CANARY\n');
    await assert.rejects(ask('key'), { code: 'secret-missing', message: /found an empty line/ });
    await assert.rejects(
      ask('secret'),
      (error: Error) => !error.message.includes('CANARY') && /last line/.test(error.message),
    );
    close();
  });

  test('terminal: typed, corrected, pasted -> the question is shown and the answer is not; the terminal is given back', async () => {
    const terminal = new Terminal();
    const screen = screenOf();
    const { ask, close } = secretAsker(terminal, screen);
    terminal.type('canarx\u007fy\r');
    assert.equal((await ask('API key')).reveal(), 'canary');
    terminal.type(PEM.replaceAll('\n', '\r'));
    assert.equal((await ask('API secret')).reveal(), PEM);
    assert.equal(terminal.isRaw, false);
    close();
    assert.equal(screen.shown(), 'API key (not shown): \nAPI secret (not shown): \n');
  });

  test('terminal: what is new -> asked twice; two that differ are refused', async () => {
    const terminal = new Terminal();
    const { ask } = secretAsker(terminal, screenOf());
    terminal.type('correct horse\r');
    setTimeout(() => terminal.type('correct horse\r'), 20);
    assert.equal((await ask('passphrase', { isNew: true })).reveal(), 'correct horse');
    terminal.type('one\r');
    setTimeout(() => terminal.type('two\r'), 20);
    await assert.rejects(ask('passphrase', { isNew: true }), { code: 'secret-missing', message: /not the same/ });
  });

  test('terminal: Ctrl-C, Ctrl-D -> ended, the terminal given back', async () => {
    const terminal = new Terminal();
    const { ask } = secretAsker(terminal, screenOf());
    terminal.type('half\u0003');
    await assert.rejects(ask('key'), { code: 'interrupted' });
    terminal.type('\u0004');
    await assert.rejects(ask('key'), { code: 'secret-missing' });
    assert.equal(terminal.isRaw, false);
  });
});
