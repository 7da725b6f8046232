import { TransportError, type TransportFault } from '../../ports/transport.ts';

/** By the codes of Node's sockets and TLS, of ws and of undici. */
const FAULT_OF: Readonly<Record<string, TransportFault>> = {
  ENOTFOUND: 'name-unresolved',
  EAI_AGAIN: 'name-unresolved',
  EAI_FAIL: 'name-unresolved',
  EAI_NODATA: 'name-unresolved',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  EADDRNOTAVAIL: 'refused',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 'too-large',
  UND_ERR_DESTROYED: 'closed',
  UND_ERR_CLOSED: 'closed',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate',
  HOSTNAME_MISMATCH: 'certificate',
};

/** `reset` where nothing better is known. */
function faultOf(error: unknown): TransportFault {
  if (error instanceof AggregateError && error.errors.length > 0) return faultOf(error.errors[0]);
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const known = FAULT_OF[code];
  if (known !== undefined) return known;
  if (code.startsWith('CERT_') || code.startsWith('ERR_TLS_CERT')) return 'certificate';
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_') || code.startsWith('WS_ERR_') || code.startsWith('HPE_')) {
    return 'protocol';
  }
  // ws gives these no code.
  if (
    error instanceof Error &&
    /^Unexpected server response|^Invalid (Sec-|Upgrade)|^Server sent/.test(error.message)
  ) {
    return 'protocol';
  }
  return 'reset';
}

/** An error of a library as the port tells it. The cause is left out: it may hold the request. */
export function transportError(error: unknown, mayHaveArrived: boolean): TransportError {
  if (error instanceof TransportError) return error;
  const first = error instanceof AggregateError && error.errors.length > 0 ? (error.errors[0] as unknown) : error;
  const message = first instanceof Error ? first.message : String(first);
  return new TransportError(faultOf(error), message, mayHaveArrived);
}
