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

/** Set for whatever a file does that is being loaded, also between its awaits. */
const loading = new AsyncLocalStorage<true>();
let bodies = 0;
let windows = 0;
let before: readonly (PropertyDescriptor | undefined)[] = [];

/** Takes clock, chance, timers and network away from what `body` does, and from nothing else in this thread. */
export function sealed<T>(body: () => T): T {
  open();
  bodies++;
  try {
    return body();
  } finally {
    bodies--;
    close();
  }
}

/** As {@link sealed}, of what takes its time: others in this thread go on meanwhile, and have their globals. */
export async function sealedWhile<T>(body: () => Promise<T>): Promise<T> {
  open();
  try {
    return await loading.run(true, body);
  } finally {
    close();
  }
}

/** Windows overlap, and the last one to close gives the globals back. */
function open(): void {
  if (windows++ > 0) return;
  before = REPLACEMENTS.map(([owner, key]) => Object.getOwnPropertyDescriptor(owner, key));
  for (const [k, [owner, key, replacement]] of REPLACEMENTS.entries()) {
    const descriptor = before[k];
    const own = (): unknown => (descriptor?.get === undefined ? descriptor?.value : descriptor.get.call(owner));
    Object.defineProperty(owner, key, {
      get: () => (bodies > 0 || loading.getStore() === true ? replacement : own()),
      set() {},
      configurable: true,
      enumerable: false,
    });
  }
}

function close(): void {
  if (--windows > 0) return;
  for (const [k, [owner, key]] of REPLACEMENTS.entries()) {
    const descriptor = before[k];
    if (descriptor) Object.defineProperty(owner, key, descriptor);
    else Reflect.deleteProperty(owner, key);
  }
}
