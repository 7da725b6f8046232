import { CHANCE, CLOCK, ENDING, MACHINE, MODULES, NETWORK, STATE, TIMERS } from './instead.ts';

/** Refuses where strategy code is what calls; answers where anybody else does. */
export type Guard = (used: string, instead: string) => void;

/** `isGiven`: whether a call with these arguments goes by them alone, as that for a given date does. */
type Member = readonly [
  owner: object | undefined,
  key: string,
  used: string,
  instead: string,
  isGiven?: (args: readonly unknown[]) => boolean,
];

const isDated = ([date]: readonly unknown[]): boolean => date !== undefined;
const { Temporal } = globalThis as { readonly Temporal?: { readonly Now: object } };

/**
 * Ways to clock, chance, timers and the outside that hardly anybody goes. They are guarded where they lie, once for all, as to put each
 * of them away and back for every input of a session would cost more than most inputs do.
 */
const MEMBERS: readonly Member[] = [
  [Intl.DateTimeFormat.prototype, 'formatToParts', 'Intl.DateTimeFormat.formatToParts() of no date', CLOCK, isDated],
  ...Object.keys(Object.getOwnPropertyDescriptors(Temporal?.Now ?? {})).map(
    (key): Member => [Temporal?.Now, key, `Temporal.Now.${key}()`, CLOCK],
  ),
  [Event.prototype, 'timeStamp', 'Event.timeStamp', CLOCK],
  [File.prototype, 'lastModified', 'File.lastModified', CLOCK],
  [globalThis, 'PerformanceMark', 'PerformanceMark()', CLOCK],
  [process, 'cpuUsage', 'process.cpuUsage()', CLOCK],
  [process, 'threadCpuUsage', 'process.threadCpuUsage()', CLOCK],
  [process, 'resourceUsage', 'process.resourceUsage()', CLOCK],
  [process.memoryUsage, 'rss', 'process.memoryUsage.rss()', MACHINE],
  [process, 'memoryUsage', 'process.memoryUsage()', MACHINE],
  [process, 'availableMemory', 'process.availableMemory()', MACHINE],
  [process, 'constrainedMemory', 'process.constrainedMemory()', MACHINE],
  [URL, 'createObjectURL', 'URL.createObjectURL()', CHANCE],
  [AbortSignal, 'timeout', 'AbortSignal.timeout()', TIMERS],
  [process, 'abort', 'process.abort()', ENDING],
  [process, 'kill', 'process.kill()', ENDING],
  [process, 'reallyExit', 'process.reallyExit()', ENDING],
  [process, 'execve', 'process.execve()', ENDING],
  [process, 'binding', 'process.binding()', MODULES],
  [process, '_linkedBinding', 'process._linkedBinding()', MODULES],
  [process, 'dlopen', 'process.dlopen()', MODULES],
  [process, 'loadEnvFile', 'process.loadEnvFile()', MODULES],
  [globalThis, 'EventSource', 'EventSource()', NETWORK],
  [globalThis, 'localStorage', 'localStorage', STATE],
  [globalThis, 'sessionStorage', 'sessionStorage', STATE],
];

type Callable = (...args: unknown[]) => unknown;

const getterOf = (found: PropertyDescriptor): Callable | undefined => Reflect.get(found, 'get') as Callable | undefined;

/** Puts the guard before all of them, for this thread and for as long as it lasts. What this version of Node does not have is left out. */
export function guardMembers(guard: Guard): void {
  for (const [owner, key, used, instead, isGiven = () => false] of MEMBERS) {
    const found = owner === undefined ? undefined : Object.getOwnPropertyDescriptor(owner, key);
    if (owner === undefined || found?.configurable !== true) continue;
    const get = getterOf(found);
    const { value } = found;
    if (get !== undefined)
      Object.defineProperty(owner, key, {
        ...found,
        get(this: unknown) {
          guard(used, instead);
          return Reflect.apply(get, this, []) as unknown;
        },
      });
    else if (typeof value === 'function') {
      const guarded = new Proxy(value as Callable, {
        apply(target, self, args: readonly unknown[]) {
          if (!isGiven(args)) guard(used, instead);
          return Reflect.apply(target, self, args);
        },
        construct(target, args, newTarget) {
          guard(used, instead);
          return Reflect.construct(target, args, newTarget) as object;
        },
      });
      Object.defineProperty(owner, key, { ...found, value: guarded });
    }
  }
  guardFormat(guard);
}

/** `format` of Intl is read as a function that knows its formatter. */
function guardFormat(guard: Guard): void {
  const owner = Intl.DateTimeFormat.prototype;
  const found = Object.getOwnPropertyDescriptor(owner, 'format')!;
  const formatOf = getterOf(found)!;
  const guarded = new WeakMap<object, Callable>();
  Object.defineProperty(owner, 'format', {
    ...found,
    get(this: object) {
      const format = Reflect.apply(formatOf, this, []) as Callable;
      let answer = guarded.get(this);
      if (answer === undefined) {
        answer = (...args) => {
          if (!isDated(args)) guard('Intl.DateTimeFormat.format() of no date', CLOCK);
          return format(...args);
        };
        guarded.set(this, answer);
      }
      return answer;
    },
  });
}
