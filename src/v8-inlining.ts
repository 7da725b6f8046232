import { setFlagsFromString } from 'node:v8';

/**
 * Tells V8 to compile long chains of small functions into one, as the way of an order is one: decision, review, venue, fill, books. By itself
 * it stops after 920 bytes of bytecode and makes a call of every function from there on, so that the arguments are checked and what
 * was loaded is loaded again. An order on every bar (`npm run bench -- --only engine-order-every-bar`, which measures with it) took 672 ns with
 * and 783 without, the SMA cross (`bench/peers/ours.ts`) 51 and 60: a sixth more, the least of 15 and of 9 in turn on a machine that others
 * used, too. Of the whole process, its threads included.
 *
 * Node warns of flags that are set once V8 runs: some are laid down in the heap or in code by then. This one is a number that is read whenever
 * a function is optimised, and changes nothing else; what was optimised before keeps its calls. So it is set first of all.
 *
 * The program does it, and not the library: whose process it is decides about its compiler. `node --max-inlined-bytecode-size-cumulative=3000`
 * does the same there.
 */
export function inlineLongChains(): void {
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=3000');
}
