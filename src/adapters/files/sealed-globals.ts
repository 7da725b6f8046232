import { createRequire } from 'node:module';
import { ForbiddenError } from '../../ports/strategy-files.ts';
import { guardMembers } from './guarded-members.ts';
import { CHANCE, CLOCK, ENDING, MODULES, NETWORK, TIMERS } from './instead.ts';

type Sealed = readonly [owner: object, key: string, value: unknown];

/** Whether who calls now may: nobody may while strategy code runs; while a file is loaded, whoever is not of it. */
let mayUse = (): boolean => false;
/** How many seals lie within each other. */
let depth = 0;
let isGuarded = false;
/** Whether {@link leaveWebSocketUnmade} was here. */
let isUnmade = false;
/** What stands where nothing is sealed. */
const originals = new Map<string, PropertyDescriptor | undefined>();

function original(key: string): unknown {
  const descriptor = originals.get(key);
  return descriptor?.get === undefined ? descriptor?.value : descriptor.get.call(globalThis);
}

function refuse(used: string, instead: string): never {
  throw new ForbiddenError(used, instead);
}

/** A function of the old kind, since some of what it stands for is called with `new`. */
const refusing = (used: string, instead: string, key = used) =>
  function refused(this: unknown, ...args: unknown[]): unknown {
    if (!mayUse()) return refuse(`${used}()`, instead);
    const to = original(key) as () => unknown;
    return new.target === undefined ? Reflect.apply(to, this, args) : Reflect.construct(to, args);
  };

const sealedNow = refusing('Date.now', CLOCK, 'now');

/** `new Date(ms)` and `Date.UTC` are arithmetic and stay; what reads the clock throws. */
const sealedDate = new Proxy(Date, {
  apply: (target, self, args) => (mayUse() ? Reflect.apply(target, self, args) : refuse('Date()', CLOCK)),
  construct: (target, args, newTarget) =>
    args.length === 0 && !mayUse() ? refuse('new Date()', CLOCK) : Reflect.construct(target, args, newTarget),
  get: (target, key, receiver) => (key === 'now' ? sealedNow : Reflect.get(target, key, receiver)),
});

/** The clock of the process, by itself and as `hrtime.bigint`. */
const sealedHrtime = Object.assign(refusing('process.hrtime', CLOCK, 'hrtime'), {
  bigint: (): bigint =>
    mayUse() ? (original('hrtime') as typeof process.hrtime).bigint() : refuse('process.hrtime.bigint()', CLOCK),
});

/** An object of which nothing can be used. */
const sealedObject = (name: string, instead: string): object =>
  new Proxy(
    {},
    {
      get(_, key) {
        if (!mayUse()) return refuse(`${name}.${String(key)}`, instead);
        const owner = original(name) as object;
        const value: unknown = Reflect.get(owner, key);
        return typeof value === 'function' ? value.bind(owner) : value;
      },
    },
  );

const REPLACEMENTS: readonly Sealed[] = [
  [globalThis, 'Date', sealedDate],
  [Date, 'now', sealedNow],
  [globalThis, 'performance', sealedObject('performance', CLOCK)],
  [globalThis, 'crypto', sealedObject('crypto', CHANCE)],
  [globalThis, 'setTimeout', refusing('setTimeout', TIMERS)],
  [globalThis, 'setInterval', refusing('setInterval', TIMERS)],
  [globalThis, 'setImmediate', refusing('setImmediate', TIMERS)],
  [globalThis, 'queueMicrotask', refusing('queueMicrotask', TIMERS)],
  [globalThis, 'fetch', refusing('fetch', NETWORK)],
  [globalThis, 'WebSocket', refusing('WebSocket', NETWORK)],
  [process, 'exit', refusing('process.exit', ENDING, 'exit')],
  [process, 'hrtime', sealedHrtime],
  [process, 'uptime', refusing('process.uptime', CLOCK, 'uptime')],
  [process, 'getBuiltinModule', refusing('process.getBuiltinModule', MODULES, 'getBuiltinModule')],
  [Date.prototype, 'constructor', sealedDate],
  [Math, 'random', refusing('Math.random', CHANCE, 'random')],
];

/**
 * Puts the WebSocket of the package `undici` in the place of the global one, unmade as that is. Node makes its own when anybody looks at the property,
 * and its whole HTTP client with it; to put it away is to look at it, which takes every thread that runs a strategy 25 to 50 ms. For programs of
 * our own: in another's, something else may stand there.
 */
export function leaveWebSocketUnmade(): void {
  if (isUnmade || depth > 0 || !Reflect.deleteProperty(globalThis, 'WebSocket')) return;
  isUnmade = true;
  let stands: unknown;
  Object.defineProperty(globalThis, 'WebSocket', {
    get: () => {
      stands ??= (createRequire(import.meta.url)('undici') as { readonly WebSocket: unknown }).WebSocket;
      return stands;
    },
    set: (value: unknown) => {
      stands = value;
    },
    configurable: true,
    enumerable: false,
  });
}

/**
 * Takes clock, chance, timers and network away from this thread; call what it returns to give them back. `isOthers`: whether who asks for them is
 * somebody else, for a seal that lasts while others go on.
 */
export function sealGlobals(isOthers: () => boolean = () => false): () => void {
  const before = REPLACEMENTS.map(([owner, key]) => Object.getOwnPropertyDescriptor(owner, key));
  const couldUse = mayUse;
  if (!isGuarded) {
    isGuarded = true;
    guardMembers((used, instead) => {
      if (depth > 0 && !mayUse()) refuse(used, instead);
    });
  }
  depth++;
  mayUse = isOthers;
  REPLACEMENTS.forEach(([owner, key, value], i) => {
    // Within another seal its replacement stands there.
    if (before[i]?.value !== value) originals.set(key, before[i]);
    Object.defineProperty(owner, key, { value, configurable: true, writable: true, enumerable: false });
  });
  return () => {
    mayUse = couldUse;
    depth--;
    REPLACEMENTS.forEach(([owner, key], i) => {
      const descriptor = before[i];
      if (descriptor) Object.defineProperty(owner, key, descriptor);
      else Reflect.deleteProperty(owner, key);
    });
  };
}
