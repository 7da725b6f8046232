import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { describe, test } from 'node:test';
import { generate } from 'selfsigned';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { smtpNotifier } from '../../src/adapters/notify/smtp.ts';
import { Secret } from '../../src/core/vocabulary/secret.ts';
import type { AlertMessage, Channel, DeliveryOutcome } from '../../src/ports/notifier.ts';

const CANARY = 'canary-5d1f0c2b';
const MESSAGE: AlertMessage = {
  ...{ delivery: 'msg_1', dedupKey: 'k1', alert: 7, rule: 'pages', severity: 'page', kind: 'drawdown' },
  ...{ title: 'Session btc\r\nBcc: thief@example.com', text: '.\r\nfell by 12 %', session: 'btc' },
  ...{ strategy: null, instrument: null, atMs: 1_764_400_000_000, count: 1, step: 1 },
};
const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
  extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
});

/** A real SMTP server on this machine, and one attempt at it. */
async function attempt(
  server: SMTPServerOptions,
  more: { readonly url?: string; readonly secret?: string | null; readonly ca?: boolean } = {},
): Promise<{ outcome: DeliveryOutcome; mails: string[]; recipients: string[] }> {
  const mails: string[] = [];
  const recipients: string[] = [];
  const smtp = new SMTPServer({
    ...{ authOptional: true, key: pems.private, cert: pems.cert, logger: false },
    onData(stream, session, done) {
      let text = '';
      stream.on('data', (part: Buffer) => {
        text += String(part);
      });
      stream.on('end', () => {
        mails.push(text);
        recipients.push(...session.envelope.rcptTo.map(({ address }) => address));
        done();
      });
    },
    ...server,
  });
  smtp.on('error', () => {});
  smtp.listen(0, '127.0.0.1');
  await once(smtp.server, 'listening');
  const { port } = smtp.server.address() as AddressInfo;
  const secret = more.secret === undefined ? CANARY : more.secret;
  const channel: Channel = {
    ...{ name: 'mail', kind: 'smtp', url: more.url?.replace('PORT', String(port)) ?? `smtp://localhost:${port}` },
    ...{ to: ['ann@example.com', 'bob@example.com'], from: 'Desk <desk@example.com>', allow: [] },
    user: secret === null ? null : 'desk',
  };
  const notifier = await smtpNotifier(channel, secret === null ? null : { current: new Secret(secret), former: [] }, {
    ca: more.ca === false ? '' : pems.cert,
    timeoutMs: 1_000,
  });
  const outcome = await notifier.deliver(MESSAGE);
  await notifier.close();
  await new Promise<void>((resolve) => smtp.close(() => resolve()));
  assert.ok(!JSON.stringify(outcome).includes(CANARY));
  return { outcome, mails, recipients };
}

const failing = (responseCode: number) => Object.assign(new Error(`no ${CANARY}`), { responseCode });

describe('mail, against an SMTP server on this machine', () => {
  test('over TLS with a password -> arrives whole, for each recipient; a title adds no header', async () => {
    const { outcome, mails, recipients } = await attempt({
      onAuth: ({ username, password }, _session, done) =>
        username === 'desk' && password === CANARY ? done(null, { user: 1 }) : done(failing(535)),
      authOptional: false,
    });
    assert.equal(outcome.kind, 'delivered', outcome.reason);
    assert.deepEqual(recipients, ['ann@example.com', 'bob@example.com']);
    const gap = mails[0]!.indexOf('\r\n\r\n');
    const [head, body] = [mails[0]!.slice(0, gap), mails[0]!.slice(gap)];
    assert.match(head, /^Message-ID: <msg_1@example.com>$/m);
    assert.match(head, /^Subject: \[page\] not acknowledged: Session btc/m);
    assert.doesNotMatch(head, /^Bcc/m);
    assert.match(body, /fell by 12 %|fell by 12 =25/);
    assert.match(body, /alert ack 7/);
  });

  test('without a password -> arrives', async () => {
    assert.equal((await attempt({ disabledCommands: ['AUTH'] }, { secret: null })).outcome.kind, 'delivered');
  });

  test('wrong password, refused recipient -> final; 4xx -> again', async () => {
    const wrong = await attempt({ onAuth: (_auth, _session, done) => done(failing(535)) });
    assert.deepEqual([wrong.outcome.kind, wrong.outcome.reason], ['failed', 'status 535']);
    const refused = await attempt({
      onAuth: (_auth, _session, done) => done(null, { user: 1 }),
      onRcptTo: (_address, _session, done) => done(failing(550)),
    });
    assert.equal(refused.outcome.kind, 'failed');
    const later = await attempt({
      onAuth: (_auth, _session, done) => done(null, { user: 1 }),
      onMailFrom: (_address, _session, done) => done(failing(451)),
    });
    assert.equal(later.outcome.kind, 'retry');
  });

  test('a certificate that nobody vouches for -> no password is sent', async () => {
    let asked = 0;
    const { outcome, mails } = await attempt(
      {
        onAuth: (_auth, _session, done) => {
          asked++;
          done(null, { user: 1 });
        },
      },
      { ca: false },
    );
    assert.deepEqual([outcome.kind, asked, mails.length], ['retry', 0, 0]);
  });

  test('TLS from the first byte -> arrives', async () => {
    const { outcome } = await attempt(
      { secure: true, onAuth: (_auth, _session, done) => done(null, { user: 1 }) },
      { url: 'smtps://localhost:PORT' },
    );
    assert.equal(outcome.kind, 'delivered', outcome.reason);
  });

  test('a server that says nothing, nonsense, or is not there -> again', async () => {
    for (const greeting of [null, 'HTTP/1.1 400 Bad Request\r\n\r\n']) {
      const server = createServer((socket) => {
        socket.on('error', () => {});
        if (greeting !== null) socket.end(greeting);
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const notifier = await smtpNotifier(
        {
          ...{ name: 'mail', kind: 'smtp', url: `smtp://127.0.0.1:${port}`, to: ['a@example.com'] },
          ...{ from: 'b@example.com', allow: [], user: null },
        },
        null,
        { timeoutMs: 200 },
      );
      assert.equal((await notifier.deliver(MESSAGE)).kind, 'retry');
      server.close();
      if (greeting !== null) assert.equal((await notifier.deliver(MESSAGE)).kind, 'retry', 'nobody listens');
      await notifier.close();
    }
  });
});
