import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { isIP } from 'node:net';
import type { buildConnector } from 'undici';
import { addressObjection, isOpened } from '../../connectivity/address-guard.ts';
import { TransportError } from '../../ports/transport.ts';

type Found = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/**
 * Connects to public addresses and to networks that were opened only, and without encryption to the latter alone. What is looked at is the address
 * that is connected to, not the name: a name may lead elsewhere a moment later. Nothing is sent before.
 */
export function guardedConnector(
  build: typeof buildConnector,
  options: buildConnector.BuildOptions,
  allowed: readonly string[],
): buildConnector.connector {
  const refusal = (address: string, objection: string): TransportError =>
    new TransportError('address-refused', `${address} is ${objection}`, false);
  const guarded = (hostname: string, asked: LookupOptions, found: Found): void =>
    lookup(hostname, { ...asked, all: true }, (error, addresses) => {
      if (error !== null) return found(error, []);
      for (const { address } of addresses) {
        const objection = addressObjection(address, allowed);
        if (objection !== null) return found(refusal(hostname, objection), []);
      }
      const [first] = addresses;
      if (first === undefined) return found(new TransportError('name-unresolved', hostname, false), []);
      if (asked.all === true) found(null, addresses);
      else found(null, first.address, first.family);
    });
  const connect = build({ ...options, lookup: guarded } as buildConnector.BuildOptions);
  return (target, done) => {
    const host = target.hostname.replace(/^\[|\]$/g, '');
    // An address needs no lookup.
    const objection = isIP(host) === 0 ? null : addressObjection(host, allowed);
    if (objection !== null) return done(refusal(host, objection), null);
    return connect(target, (...[error, socket]) => {
      if (error !== null) return done(error, null);
      const address = socket.remoteAddress ?? '';
      const isReadable = target.protocol === 'http:' && !isOpened(address, allowed);
      const reached =
        addressObjection(address, allowed) ?? (isReadable ? 'public, and http:// is not encrypted' : null);
      if (reached === null) return done(null, socket);
      socket.destroy();
      return done(refusal(host, reached), null);
    });
  };
}
