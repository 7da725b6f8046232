import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BarColumns } from '../src/core/vocabulary/market-data.ts';

/** Where `bench/peers/run.sh` installs other libraries; none of them is a dependency of this project. */
const HOME = join(import.meta.dirname, '../build/peers-npm');

export type PeerIndicator = 'sma' | 'ema' | 'rsi' | 'atr' | 'bollinger' | 'macd';

export interface NpmPeer {
  readonly label: string;
  /** Puts the bars into the form that the library asks for (not measured), and returns the work that is. */
  prepare(indicator: PeerIndicator, bars: BarColumns): () => void;
}

// biome-ignore lint/suspicious/noExplicitAny: these libraries are not installed when this is compiled, so they have no types here
type Library = any;

interface PeerSpec {
  readonly name: string;
  readonly works: (library: Library, indicator: PeerIndicator, c: PlainColumns) => unknown;
}

/** Plain arrays, which all of these libraries take. */
interface PlainColumns {
  readonly high: number[];
  readonly low: number[];
  readonly close: number[];
}

const PEERS: readonly PeerSpec[] = [
  {
    name: 'indicatorts',
    works: (l, indicator, { high, low, close }) =>
      ({
        sma: () => l.sma(close, { period: 20 }),
        ema: () => l.ema(close, { period: 20 }),
        rsi: () => l.rsi(close, { period: 14 }),
        atr: () => l.atr(high, low, close, { period: 14 }),
        bollinger: () => l.bb(close, { period: 20 }),
        macd: () => l.macd(close, { fast: 12, slow: 26, signal: 9 }),
      })[indicator](),
  },
  {
    name: 'technicalindicators',
    works: (l, indicator, { high, low, close }) =>
      ({
        sma: () => l.SMA.calculate({ period: 20, values: close }),
        ema: () => l.EMA.calculate({ period: 20, values: close }),
        rsi: () => l.RSI.calculate({ period: 14, values: close }),
        atr: () => l.ATR.calculate({ period: 14, high, low, close }),
        bollinger: () => l.BollingerBands.calculate({ period: 20, stdDev: 2, values: close }),
        macd: () =>
          l.MACD.calculate({
            values: close,
            fastPeriod: 12,
            slowPeriod: 26,
            signalPeriod: 9,
            SimpleMAOscillator: false,
            SimpleMASignal: false,
          }),
      })[indicator](),
  },
  {
    name: 'trading-signals',
    works: (l, indicator, { high, low, close }) => {
      const make = {
        sma: () => new l.SMA(20),
        ema: () => new l.EMA(20),
        rsi: () => new l.RSI(14),
        atr: () => new l.ATR(14),
        bollinger: () => new l.BollingerBands(20, 2),
        macd: () => new l.MACD(new l.EMA(12), new l.EMA(26), new l.EMA(9)),
      }[indicator]();
      const out: unknown[] = [];
      for (let i = 0; i < close.length; i++)
        out.push(make.add(indicator === 'atr' ? { high: high[i], low: low[i], close: close[i] } : close[i]));
      return out;
    },
  },
  {
    name: '@ixjb94/indicators',
    works: (l, indicator, { high, low, close }) => {
      const library = new (l.IndicatorsNormalizedSync ?? l.IndicatorsSync)();
      return {
        sma: () => library.sma(close, 20),
        ema: () => library.ema(close, 20),
        rsi: () => library.rsi(close, 14),
        atr: () => library.atr(high, low, close, 14),
        bollinger: () => library.bbands(close, 20, 2),
        macd: () => library.macd(close, 12, 26, 9),
      }[indicator]();
    },
  },
];

/** The peers that are installed, or the reason why there are none. */
export async function loadNpmPeers(): Promise<{ readonly peers: readonly NpmPeer[]; readonly absent: string }> {
  const peers: NpmPeer[] = [];
  for (const { name, works } of PEERS) {
    const folder = join(HOME, 'node_modules', name);
    if (!existsSync(folder)) continue;
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
    const library = (await import(pathToFileURL(join(folder, entryOf(manifest))).href)) as Library;
    peers.push({
      label: `${name} ${manifest.version}`,
      prepare: (indicator, bars) => {
        const plain = { high: [...bars.high], low: [...bars.low], close: [...bars.close] };
        return () => void works(library, indicator, plain);
      },
    });
  }
  return { peers, absent: 'not measured: bench/peers/run.sh installs the libraries' };
}

interface Manifest {
  readonly version: string;
  readonly main?: string;
  readonly exports?: unknown;
}

function entryOf({ main, exports }: Manifest): string {
  return typeof exports === 'string' ? exports : (main ?? 'index.js');
}
