// The local exchange of the soak, in a process of its own: sends what it opened when it listens, and its memory whenever it is asked.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openLocalExchange } from '../src/local-exchange/open.ts';

/** What the soak is told. */
export interface SoakedExchange {
  readonly urls: Readonly<Record<'spot' | 'usdm', { readonly rest: string; readonly streams: string }>>;
  readonly symbols: Readonly<Record<'spot' | 'usdm', readonly string[]>>;
  readonly apiKey: string;
  readonly secret: string;
}

const CUT_EVERY_MS = 150_000;

const [speed, seed] = process.argv.slice(2);
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const exchange = await openLocalExchange({
  seed: Number(seed),
  market: { kind: 'synthetic', speed: Number(speed), tradesEachBar: 180 },
  limits: 'none',
  faults: [{ fault: 'connections-dropped', everyMs: CUT_EVERY_MS, forMs: 1_000 }],
});
const key = exchange.accounts[0]!.keys[0]!;
process.send!({
  urls: { spot: exchange.urls.spot!, usdm: exchange.urls.usdm! },
  symbols: { spot: exchange.symbols('spot'), usdm: exchange.symbols('usdm') },
  apiKey: key.apiKey,
  secret: key.secret!,
} satisfies SoakedExchange);
process.on('message', (message) => {
  if (message === 'memory') {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    process.send!(heapUsed + external);
  } else void exchange.close().then(() => process.disconnect());
});
