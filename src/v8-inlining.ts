import { setFlagsFromString } from 'node:v8';

/**
 * Bytes of bytecode that one function may take in: all that it calls together, the same with what V8 sets aside for small functions, and any
 * single one.
 */
const LIMITS = [
  '--max-inlined-bytecode-size-cumulative=12000',
  '--max-inlined-bytecode-size-absolute=13000',
  '--max-inlined-bytecode-size=2000',
] as const;

/**
 * Tells V8 to compile long chains of small functions into one, as the way of an order is one: decision, review, venue, fill, books. By itself
 * it stops after 920 bytes of bytecode, takes in no function of more than 460, and makes a call of every function from there on, so that the
 * arguments are checked and what was loaded is loaded again. An order on every bar (`npm run bench -- --only engine-order-every-bar`, which
 * measures with it), on 2,000 bars that stay in the caches, took 330 ns so, and 556 with the limits as V8 has them: the least of three in turns on
 * a machine that others used, too. The SMA cross took 44–47 and 49–54. The price is one and a half seconds of
 * compiling in place of half a second, in a thread beside the run, which goes on meanwhile with slower code. Of the whole process, its threads
 * included.
 *
 * Node warns of flags that are set once V8 runs: some are laid down in the heap or in code by then. These are numbers that are read whenever
 * a function is optimised, and change nothing else; what was optimised before keeps its calls. So they are set first of all.
 *
 * The program does it, and not the library: whose process it is decides about its compiler. The same flags given to `node` do it there.
 */
export function inlineLongChains(): void {
  for (const flag of LIMITS) setFlagsFromString(flag);
}
