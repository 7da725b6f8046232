import { AsyncLocalStorage } from 'node:async_hooks';
import { ForbiddenError } from '../../ports/strategy-files.ts';

const CLOCK = 'use c.now, the time of the bars just closed';
const CHANCE = 'compute it from a seed declared as a parameter, so that the run can be repeated';
const TIMERS = 'declare onTimer: { every, run }, which fires in event time';
const NETWORK = 'declare a source; its values arrive as recorded inputs in onSource';

function refuse(used: string, instead: string): never {
  throw new ForbiddenError(used, instead);
}

/** A function of the old kind, since some of what it stands for is called with `new`. */
const refusing = (used: string, instead: string) =>
  function refused(): never {
    return refuse(`${used}()`, instead);
  };

/** `new Date(ms)` and `Date.UTC` are arithmetic and stay; what reads the clock throws. */
const sealedDate = new Proxy(Date, {
  apply: () => refuse('Date()', CLOCK),
  construct: (target, args, newTarget) =>
    args.length === 0 ? refuse('new Date()', CLOCK) : Reflect.construct(target, args, newTarget),
  get: (target, key, receiver) => (key === 'now' ? refusing('Date.now', CLOCK) : Reflect.get(target, key, receiver)),
});

/** An object of which nothing can be used. */
const sealedObject = (name: string, instead: string): object =>
  new Proxy({}, { get: (_, key) => refuse(`${name}.${String(key)}`, instead) });

const REPLACEMENTS: readonly (readonly [owner: object, key: string, value: unknown])[] = [
  [globalThis, 'Date', sealedDate],
  [globalThis, 'performance', sealedObject('performance', CLOCK)],
  [globalThis, 'crypto', sealedObject('crypto', CHANCE)],
  [globalThis, 'setTimeout', refusing('setTimeout', TIMERS)],
  [globalThis, 'setInterval', refusing('setInterval', TIMERS)],
  [globalThis, 'setImmediate', refusing('setImmediate', TIMERS)],
  [globalThis, 'fetch', refusing('fetch', NETWORK)],
  [globalThis, 'WebSocket', refusing('WebSocket', NETWORK)],
  [Math, 'random', refusing('Math.random', CHANCE)],
];

const SEALED: readonly PropertyDescriptor[] = REPLACEMENTS.map(([, , value]) => ({
  ...{ value, configurable: true, writable: true, enumerable: false },
}));

/** Set for whatever a file does that is being loaded, also between its awaits. */
const loading = new AsyncLocalStorage<true>();
let loads = 0;
let bodies = 0;
let beforeLoads: readonly (PropertyDescriptor | undefined)[] = [];

const present = (): readonly (PropertyDescriptor | undefined)[] =>
  REPLACEMENTS.map(([owner, key]) => Object.getOwnPropertyDescriptor(owner, key));

function define(descriptors: readonly (PropertyDescriptor | undefined)[]): void {
  for (let k = 0; k < REPLACEMENTS.length; k++) {
    const [owner, key] = REPLACEMENTS[k]!;
    const descriptor = descriptors[k];
    if (descriptor) Object.defineProperty(owner, key, descriptor);
    else Reflect.deleteProperty(owner, key);
  }
}

/** Takes clock, chance, timers and network away from what `body` does. */
export function sealed<T>(body: () => T): T {
  const before = loads === 0 ? present() : null;
  if (before !== null) define(SEALED);
  bodies++;
  try {
    return body();
  } finally {
    bodies--;
    if (before !== null) define(before);
  }
}

/**
 * As {@link sealed}, of what takes its time: others in this thread go on meanwhile, and have their globals. Loads overlap, and the last one
 * to end gives the globals back.
 */
export async function sealedWhile<T>(body: () => Promise<T>): Promise<T> {
  if (bodies > 0) throw new Error('a strategy cannot have a file loaded');
  if (loads++ === 0) {
    beforeLoads = present();
    define(beforeLoads.map((descriptor, k) => forLoads(REPLACEMENTS[k]!, descriptor)));
  }
  try {
    return await loading.run(true, body);
  } finally {
    if (--loads === 0) define(beforeLoads);
  }
}

function forLoads(
  [owner, , replacement]: (typeof REPLACEMENTS)[number],
  descriptor: PropertyDescriptor | undefined,
): PropertyDescriptor {
  const own = (): unknown => (descriptor?.get === undefined ? descriptor?.value : descriptor.get.call(owner));
  return {
    get: () => (bodies > 0 || loading.getStore() === true ? replacement : own()),
    set() {},
    configurable: true,
    enumerable: false,
  };
}
