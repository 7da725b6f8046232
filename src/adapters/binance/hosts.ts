import type { Environment } from '../../ports/secret-vault.ts';
import { VenueError } from '../../ports/venue-error.ts';

/** Where a gateway's requests go: hosts of one environment and no other. */
export interface GatewayHosts<E extends Environment> {
  readonly environment: E;
  /** Scheme and host, without a path. Reads go to the next one where one cannot be reached; orders only to the first. */
  readonly restOrigins: readonly string[];
  /** Of the account stream. */
  readonly streamOrigin: string;
  /** Where the facts of a key are told; null where they are not. */
  readonly spotOrigin: string | null;
}

type Product = 'spot' | 'usdm';

/** The exchange itself. Facts of keys are told by the spot host, for both products. */
export const LIVE_HOSTS: Readonly<Record<Product, GatewayHosts<'live'>>> = {
  spot: {
    environment: 'live',
    restOrigins: ['https://api.binance.com'],
    streamOrigin: 'wss://ws-api.binance.com:443',
    spotOrigin: 'https://api.binance.com',
  },
  usdm: {
    environment: 'live',
    restOrigins: ['https://fapi.binance.com'],
    streamOrigin: 'wss://fstream.binance.com',
    spotOrigin: 'https://api.binance.com',
  },
};

/** Test networks: keys of their own, play money. They do not tell what a key may do beyond trading. */
export const TESTNET_HOSTS: Readonly<Record<Product, GatewayHosts<'testnet'>>> = {
  spot: {
    environment: 'testnet',
    restOrigins: ['https://testnet.binance.vision'],
    streamOrigin: 'wss://ws-api.testnet.binance.vision',
    spotOrigin: null,
  },
  usdm: {
    environment: 'testnet',
    restOrigins: ['https://demo-fapi.binance.com'],
    streamOrigin: 'wss://fstream.binancefuture.com',
    spotOrigin: null,
  },
};

const DOMAINS = ['binance.com', 'binance.vision', 'binancefuture.com', 'binance.us'];

/** A local exchange at an address. Throws VenueError `unsupported` for an address of Binance itself, whatever environment it is of. */
export function localHosts(origin: string): GatewayHosts<'local'> {
  const refuse = (found: string): never => {
    throw new VenueError('unsupported', 'LOCAL', `expected the address of a local exchange, found ${found}`);
  };
  // Not quoted: a password may stand in it.
  if (!URL.canParse(origin)) return refuse('something that is no URL');
  const name = new URL(origin).hostname.toLowerCase().replace(/\.$/, '');
  if (DOMAINS.some((domain) => name === domain || name.endsWith(`.${domain}`)))
    return refuse(`${name}, which is Binance's own`);
  return {
    environment: 'local',
    restOrigins: [origin],
    streamOrigin: origin.replace(/^http/, 'ws'),
    spotOrigin: origin,
  };
}
