import type { TlsPair } from './http-server.ts';

const YEAR_MS = 365 * 86_400_000;

/** A certificate for localhost and 127.0.0.1, signed by itself, valid for a year. Clients must be told to trust it. */
export async function makeCertificate(nowMs: number): Promise<TlsPair> {
  const { generate } = await import('selfsigned');
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    notBeforeDate: new Date(nowMs - 86_400_000),
    notAfterDate: new Date(nowMs + YEAR_MS),
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { key: made.private, cert: made.cert };
}
