import { setFlagsFromString } from 'node:v8';
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';

/**
 * Bytes of bytecode that one function may take in: all that it calls together, the same with what V8 sets aside for small functions, and any
 * single one.
 *
 * By itself V8 stops after 920 bytes of bytecode, takes in no function of more than 460, and makes a call of every function from there on, so that
 * the arguments are checked and what was loaded is loaded again. The way of an order is a long chain of small functions: decision, review, venue,
 * fill, books. An order on every bar (`npm run bench -- --only engine-order-every-bar`, which measures with it), on 2,000 bars that stay in the
 * caches, took 330 ns so, and 556 with the limits as V8 has them: the least of three in turns on a machine that others used, too. The SMA cross
 * took 44–47 and 49–54. The price is one and a half seconds of compiling in place of half a second, in threads beside the run, which goes on
 * meanwhile with slower code. Of the whole process, its threads included.
 */
const INLINING = [
  '--max-inlined-bytecode-size-cumulative=12000',
  '--max-inlined-bytecode-size-absolute=13000',
  '--max-inlined-bytecode-size=2000',
] as const;

/**
 * Calls of a function before it is compiled by itself at the highest level: seven times as many as V8 waits for.
 *
 * A loop is compiled from its middle on long before, with all that it calls. Compiling each of those apart as well, all at once, is work for
 * nothing, and with two processors takes the one that the run is on: the first million bars of the SMA cross took 228 ns each so, and 185 with
 * this, 58,419 bars with an order on each 223 and 192 ms in all (medians of six and more, in turns, in new processes). Runs after a dozen others
 * are as fast or up to a twentieth slower.
 */
const TIERING = '--invocation-count-for-turbofan=20000';

/**
 * {@link TIERING} of a run with long chains, in which still less is left outside the loop, and compiling it costs more. The first million bars of the
 * SMA cross, whose 22,458 orders have called everything 20,000 times just before its end, took 195 ms with that and 178 with this, and the slowest
 * quarter 205 and 184; a million bars with an order on each 1,094 and 1,054 (medians of twenty and of eight, in turns, in new processes). Shorter
 * runs, without long chains, keep the other: 200,000 bars with an order on each took 368 ms, and 388 with this.
 */
const LONG_RUN_TIERING = '--invocation-count-for-turbofan=40000';

/** From so many bars on a run is worth long chains: seven years of hours (58,419 bars) and a year of minutes (505,209) end 0.2 s sooner without. */
const LONG_RUN_BARS = 1_000_000;

/** Under which threads find what {@link tuneCompiler} was told in the first one: flags are the whole process's, and a run has a thread of its own. */
const PURPOSE = 'tradewright:compiled-for';

/**
 * Tells V8 how to compile what this process is for. A run over bars is one loop and is over soon: nothing apart that is compiled in it anyway. A
 * session or a server hears a frame now and then and goes on for days: long chains of small functions into one.
 *
 * Node warns of flags that are set once V8 runs: some are laid down in the heap or in code by then. These here are numbers that are read whenever
 * a function is optimised, and change nothing else; what was optimised before keeps its calls. So it is done first of all.
 *
 * The program does it, and not the library: whose process it is decides about its compiler. The same flags given to `node` do it there.
 */
export function tuneCompiler(purpose: 'run' | 'session'): void {
  setEnvironmentData(PURPOSE, purpose);
  if (purpose === 'run') setFlagsFromString(TIERING);
  else inlineLongChains();
}

/** Prepares for a run over so many bars, before it begins: one that is long enough has long chains, too. */
export function expectBars(count: number): void {
  if (count < LONG_RUN_BARS) return;
  inlineLongChains();
  // A server that runs backtests has more to do than those.
  if (getEnvironmentData(PURPOSE) === 'run') setFlagsFromString(LONG_RUN_TIERING);
}

function inlineLongChains(): void {
  for (const flag of INLINING) setFlagsFromString(flag);
}
