import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { guardedConnector } from '../../src/adapters/system/guarded-connector.ts';
import { openHttpClient } from '../../src/adapters/system/http-client.ts';
import { addressObjection } from '../../src/connectivity/address-guard.ts';
import { TransportError } from '../../src/ports/transport.ts';

/** Not public, by the registries of special-purpose addresses (IANA), with the edges of each network. */
const REFUSED: readonly string[] = [
  ...['0.0.0.0', '0.0.0.1', '0.255.255.255', '10.0.0.0', '10.0.0.1', '10.127.1.9', '10.255.255.255', '100.64.0.0'],
  ...['100.64.0.1', '100.100.100.200', '100.127.255.255', '127.0.0.0', '127.0.0.1', '127.0.0.53', '127.1.1.1'],
  ...['127.255.255.255', '169.254.0.0', '169.254.0.1', '169.254.169.254', '169.254.170.2', '169.254.255.255'],
  ...['172.16.0.0', '172.16.0.1', '172.17.0.1', '172.20.10.5', '172.31.255.255', '192.0.0.0', '192.0.0.8'],
  ...['192.0.0.170', '192.0.0.192', '192.0.0.255', '192.0.2.0', '192.0.2.1', '192.0.2.255', '192.88.99.1'],
  ...['192.168.0.0', '192.168.0.1', '192.168.1.254', '192.168.255.255', '198.18.0.0', '198.18.0.1', '198.19.255.255'],
  ...['198.51.100.0', '198.51.100.7', '198.51.100.255', '203.0.113.0', '203.0.113.7', '203.0.113.255', '224.0.0.0'],
  ...['224.0.0.251', '239.255.255.250', '239.255.255.255', '240.0.0.0', '240.0.0.1', '254.1.2.3', '255.255.255.255'],
  ...['::', '::1', '::2', '0:0:0:0:0:0:0:0', '0:0:0:0:0:0:0:1', '0000:0000:0000:0000:0000:0000:0000:0001'],
  ...['::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:169.254.169.254', '::ffff:a9fe:a9fe', '::ffff:7f00:1'],
  ...['::ffff:7f00:0001', '::FFFF:127.0.0.1', '0:0:0:0:0:ffff:127.0.0.1', '0:0:0:0:0:ffff:7f00:1', '::ffff:0.0.0.0'],
  ...['::ffff:192.168.1.1', '::ffff:c0a8:101', '::ffff:172.16.0.1', '::ffff:100.64.0.1', '::ffff:255.255.255.255'],
  ...['::127.0.0.1', '::10.0.0.1', '::a9fe:a9fe', '::8.8.8.8', '::ffff:0:127.0.0.1', '::ffff:0:7f00:1', '64:ff9b::1'],
  ...['64:ff9b::127.0.0.1', '64:ff9b::7f00:1', '64:ff9b::10.0.0.1', '64:ff9b::169.254.169.254', '64:ff9b::8.8.8.8'],
  ...['64:ff9b:1::1', '64:ff9b:1:ffff::1', '100::', '100::1', '100:0:0:1::1', '200::1', '400::', '1000::1', '1fff::1'],
  ...['2001::', '2001::1', '2001:0:4136:e378:8000:63bf:3fff:fdd2', '2001:1::1', '2001:2::1', '2001:3::1'],
  ...['2001:4:112::1', '2001:10::1', '2001:20::1', '2001:30::1', '2001:1ff:ffff::1', '2001:db8::', '2001:db8::1'],
  ...['2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', '2001:0db8:0000::0001', '2002::', '2002::1', '2002:7f00:1::1'],
  ...['2002:a00:1::', '2002:a9fe:a9fe::1', '2002:c0a8:101::', '2002:ffff:ffff::', '3fff::1', '3fff:fff::1', '4000::1'],
  ...['5f00::1', '8000::1', 'fc00::', 'fc00::1', 'fd00::1', 'fd00:ec2::254', 'fd12:3456:789a:1::1', 'fdff:ffff::1'],
  ...['fe80::', 'fe80::1', 'fe80::1%eth0', 'fe80::1%1', 'febf:ffff::1', 'fec0::1', 'feff::1', 'ff00::', 'ff01::1'],
  ...['ff02::1', 'ff02::fb', 'ff05::2', 'ff0e::1', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '::1%lo', 'e000::1'],
  // What is no address, however a browser or a C library would read it.
  ...[
    '',
    ' ',
    'localhost',
    'example.com',
    '127.1',
    '127.0.1',
    '0',
    '2130706433',
    '0x7f000001',
    '0x7f.0.0.1',
    '017700000001',
  ],
  ...['0177.0.0.1', '127.0.0.1.', '127.0.0.1:80', '[::1]', '::1]', '127.0.0.1/8', '1.2.3', '1.2.3.4.5', '256.0.0.1'],
  ...[
    '1.2.3.-4',
    '::g',
    ':::',
    '1::2::3',
    '１２７.0.0.1',
    '127。0。0。1',
    'ⓛocalhost',
    '%31%32%37.0.0.1',
    '127.0.0.1 ',
  ],
];
const ADMITTED: readonly string[] = [
  ...['1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255'],
  ...['128.0.0.0', '169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '192.0.1.0', '192.0.3.0'],
  ...['192.167.255.255', '192.169.0.0', '198.17.255.255', '198.20.0.0', '198.51.99.255', '198.51.101.0'],
  ...['203.0.112.255', '203.0.114.0', '223.255.255.255', '::ffff:8.8.8.8', '::ffff:808:808', '2000::1'],
  ...['2001:200::1', '2001:4860:4860::8888', '2001:db7::1', '2001:db9::1', '2003::1', '2606:4700:4700::1111'],
  ...['2a00:1450:4001:81b::200e', '2c0f:f248::1', '3ffe::1', '3fff:1000::1'],
];

describe('the guard of addresses', () => {
  test(`${REFUSED.length + ADMITTED.length} addresses -> public ones alone are let through`, () => {
    assert.ok(REFUSED.length + ADMITTED.length >= 200);
    assert.deepEqual(
      REFUSED.filter((address) => addressObjection(address, []) === null),
      [],
    );
    assert.deepEqual(
      ADMITTED.filter((address) => addressObjection(address, []) !== null),
      [],
    );
  });

  test('networks that were opened -> they and nothing beside them', () => {
    const allowed = ['10.1.0.0/16', '::1', '127.0.0.1'];
    for (const address of ['10.1.0.0', '10.1.255.255', '::1', '127.0.0.1', '::ffff:127.0.0.1', '::ffff:a01:1'])
      assert.equal(addressObjection(address, allowed), null, address);
    for (const address of ['10.0.255.255', '10.2.0.0', '::2', '127.0.0.2', '169.254.169.254'])
      assert.notEqual(addressObjection(address, allowed), null, address);
  });

  test('any IPv4 address -> judged alike in each of its clothes', () => {
    fc.assert(
      fc.property(fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)), ([a, b, c, d]) => {
        const bare = addressObjection(`${a}.${b}.${c}.${d}`, []) === null;
        const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
        for (const clothed of [`::ffff:${a}.${b}.${c}.${d}`, `::ffff:${hex}`, `0:0:0:0:0:ffff:${hex}`])
          assert.equal(addressObjection(clothed, []) === null, bare, clothed);
        assert.notEqual(addressObjection(`64:ff9b::${hex}`, []), null);
      }),
    );
  });
});

describe('a guarded client', () => {
  test('without encryption -> into networks that were opened, and to no public address', async () => {
    // Stands for undici's connector: a socket that is connected where it was asked to.
    let destroyed = 0;
    const build = () => (target: { readonly hostname: string }, done: (...of: unknown[]) => void) =>
      done(null, { remoteAddress: target.hostname, destroy: () => void destroyed++ });
    const connect = guardedConnector(build as never, {}, ['10.1.0.0/16']);
    const reach = (protocol: string, hostname: string): Promise<string> =>
      new Promise((resolve) =>
        connect({ protocol, hostname, port: '' } as never, (...[error]: unknown[]) =>
          resolve(error instanceof TransportError ? error.message : 'connected'),
        ),
      );
    assert.equal(await reach('http:', '10.1.2.3'), 'connected');
    assert.equal(await reach('https:', '1.1.1.1'), 'connected');
    assert.equal(destroyed, 0);
    assert.equal(await reach('http:', '1.1.1.1'), '1.1.1.1 is public, and http:// is not encrypted');
    assert.match(await reach('https:', '10.2.0.1'), /is private/);
    assert.equal(destroyed, 1, 'before a byte was sent');
  });

  test('this machine by address, name and other spellings -> refused before a byte is sent; opened -> answered', async () => {
    let connections = 0;
    const server = createServer((_request, response) => void response.end('x'.repeat(100_000)));
    server.on('connection', () => void connections++);
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const guarded = await openHttpClient({ allowedNetworks: [] });
    const opened = await openHttpClient({ allowedNetworks: ['127.0.0.1', '::1'], keptAnswerBytes: 1_000 });
    try {
      const hosts = ['127.0.0.1', 'localhost', '127.1', '2130706433', '0x7f000001', '[::ffff:127.0.0.1]', '0.0.0.0'];
      for (const host of hosts)
        await assert.rejects(
          guarded.send({ method: 'GET', url: `http://${host}:${port}/`, timeoutMs: 5_000 }),
          (error) => error instanceof TransportError && error.fault === 'address-refused' && !error.mayHaveArrived,
          host,
        );
      assert.equal(connections, 0);
      const { body } = await opened.send({ method: 'GET', url: `http://localhost:${port}/`, timeoutMs: 5_000 });
      assert.equal(body.byteLength, 1_000, 'of a long answer only the beginning is kept');
    } finally {
      await Promise.all([guarded.close(), opened.close()]);
      server.closeAllConnections();
      server.close();
    }
  });
});
