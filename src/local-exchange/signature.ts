import { createHmac, createPublicKey, type KeyObject, timingSafeEqual, verify } from 'node:crypto';

/** What proves that a request comes from the owner of a key: a shared secret, or the public half of a pair. */
export type Proof =
  | { readonly kind: 'hmac'; readonly secret: string }
  | { readonly kind: 'ed25519' | 'rsa'; readonly publicKey: KeyObject };

export type ProofKind = Proof['kind'];

/** Reads a public key in PEM; throws a sentence where it is none that Binance takes. */
export function publicKeyProof(pem: string): Proof {
  const publicKey = createPublicKey(pem);
  const kind = publicKey.asymmetricKeyType;
  if (kind !== 'ed25519' && kind !== 'rsa')
    throw new RangeError(`expected an Ed25519 or RSA public key, found ${kind ?? 'a secret key'}`);
  return { kind, publicKey };
}

/**
 * Whether `signature` (hex of HMAC-SHA256 in either case; Base64 of Ed25519, or of RSA PKCS#1 v1.5 with SHA-256) signs `text`.
 */
export function isSignedBy(proof: Proof, text: string, signature: string): boolean {
  if (proof.kind === 'hmac') {
    if (signature.length !== 64) return false;
    const expected = createHmac('sha256', proof.secret).update(text, 'utf8').digest();
    const given = Buffer.from(signature, 'hex');
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
  const bytes = Buffer.from(text, 'utf8');
  const given = Buffer.from(signature, 'base64');
  return verify(proof.kind === 'rsa' ? 'sha256' : null, bytes, proof.publicKey, given);
}
