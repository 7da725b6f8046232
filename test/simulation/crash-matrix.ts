import type { FaultMix } from './fault-mix.ts';
import { type SeedResult, World, type WorldChoices } from './world.ts';

/** A death of the first process at one of its crossings, and of the one after it at one of its own, if it is to die, too. */
export interface Deaths {
  readonly seed: number;
  readonly product: 'spot' | 'usdm';
  readonly first: number;
  readonly second: number | null;
  readonly after: boolean;
}

const TRADING_MS = 60_000;

/** A world in which nothing goes wrong but what is chosen. */
export function calm(product: 'spot' | 'usdm'): FaultMix {
  const never = new Map();
  return {
    ...{ product, send: never, read: never, stream: never, disk: never, lease: never, deaths: 0, pauses: 0 },
    ...{ secondStarts: 0, clockSteps: 0, deafness: 0, commands: 0, strangers: 0, foreign: 'leave', longestLagMs: 0 },
    ...{ knowsDead: true, nearFunding: false },
  };
}

function choicesOf(deaths: Deaths | null, product: 'spot' | 'usdm'): WorldChoices {
  const at = (life: number): number | null =>
    deaths === null ? null : life === 1 ? deaths.first : life === 2 ? deaths.second : null;
  return {
    mix: calm(product),
    tradingMs: TRADING_MS,
    death: (life) => {
      const crossing = at(life);
      return crossing === null ? null : { at: crossing, after: deaths!.after };
    },
  };
}

export function runDeaths(deaths: Deaths): Promise<SeedResult> {
  return new World(deaths.seed, choicesOf(deaths, deaths.product)).run();
}

/** How often a life crosses its border while the world trades, with nothing going wrong, or after a death of the first. */
export async function crossingsOf(seed: number, product: 'spot' | 'usdm', first: number | null): Promise<number> {
  const deaths = first === null ? null : { seed, product, first, second: null, after: true };
  const world = new World(seed, choicesOf(deaths, product));
  world.onHealing = (lives) => {
    const life = lives[first === null ? 0 : 1];
    crossings = life?.around.gate.crossings ?? 0;
  };
  let crossings = 0;
  const { violations } = await world.run();
  if (violations.length > 0) throw new Error(`seed ${seed} without a death: ${violations.join('; ')}`);
  return crossings;
}

/** Every death of the first process at each `stride`-th crossing, before and after it, and of the second one within its recovery. */
export async function everyDeath(seed: number, product: 'spot' | 'usdm', stride: number): Promise<readonly Deaths[]> {
  const all: Deaths[] = [];
  const count = await crossingsOf(seed, product, null);
  for (let first = 1; first <= count; first += stride)
    for (const after of [false, true]) all.push({ seed, product, first, second: null, after });
  const middle = Math.floor(count / 2);
  const again = await crossingsOf(seed, product, middle);
  for (let second = 1; second <= again; second += stride)
    for (const after of [false, true]) all.push({ seed, product, first: middle, second, after });
  return all;
}
