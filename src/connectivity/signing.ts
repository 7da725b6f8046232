import { createHmac, createPrivateKey, createSecretKey, type KeyObject, sign } from 'node:crypto';

/** Signs a request's text. The key is inside and cannot be read, printed or turned to JSON. */
export interface Signer {
  readonly algorithm: 'hmac-sha256' | 'ed25519' | 'rsa-sha256';
  /** Of the UTF-8 bytes of the text. Base64 is not percent-encoded. */
  readonly sign: (text: string) => string;
}

/** HMAC-SHA256 as lower-case hex (Binance, MEXC) or base64 (OKX). Throws RangeError for an empty secret. */
export function hmacSigner(secret: string, encoding: 'hex' | 'base64' = 'hex'): Signer {
  if (secret.length === 0) throw new RangeError('expected a secret key, found an empty one');
  const key = createSecretKey(secret, 'utf8');
  return { algorithm: 'hmac-sha256', sign: (text) => createHmac('sha256', key).update(text).digest(encoding) };
}

/** Ed25519 (RFC 8032) or RSA PKCS#1 v1.5 with SHA-256, told by the key, as base64. `pem`: PKCS#8 (or PKCS#1) private key. */
export function privateKeySigner(pem: string, passphrase?: string): Signer {
  const key = readPrivateKey(pem, passphrase);
  if (key.asymmetricKeyType === 'ed25519') {
    return { algorithm: 'ed25519', sign: (text) => sign(null, Buffer.from(text), key).toString('base64') };
  }
  if (key.asymmetricKeyType === 'rsa') {
    return { algorithm: 'rsa-sha256', sign: (text) => sign('sha256', Buffer.from(text), key).toString('base64') };
  }
  throw new RangeError(`expected an Ed25519 or RSA private key, found ${key.asymmetricKeyType}`);
}

/** A signer for a secret as people paste it: PEM text is a private key, anything else an HMAC secret. */
export function signerOf(secret: string, passphrase?: string): Signer {
  return secret.includes('PRIVATE KEY') ? privateKeySigner(secret.trim(), passphrase) : hmacSigner(secret.trim());
}

/** The cause is left out: it may quote the key. */
function readPrivateKey(pem: string, passphrase: string | undefined): KeyObject {
  try {
    return createPrivateKey(passphrase === undefined ? pem : { key: pem, passphrase });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new RangeError(`expected a private key in PEM form, found text that is none, or a wrong passphrase${code}`);
  }
}
