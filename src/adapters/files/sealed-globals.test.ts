import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { ForbiddenError } from '../../ports/strategy-files.ts';
import { leaveWebSocketUnmade, sealGlobals } from './sealed-globals.ts';

/** What a call throws while the globals are sealed. */
function sealedError(call: () => unknown): unknown {
  const unseal = sealGlobals();
  try {
    call();
    return null;
  } catch (error) {
    return error;
  } finally {
    unseal();
  }
}

const format = new Intl.DateTimeFormat('en');
const { format: kept } = format;
const internal = process as unknown as Record<string, (...args: unknown[]) => unknown>;

const REFUSED: readonly (readonly [used: string, call: () => unknown])[] = [
  ['Date.now()', () => Date.now()],
  ['Date.now()', () => Object.getOwnPropertyDescriptor(Date, 'now')!.value()],
  ['Date.now()', () => globalThis['Date']['now']()],
  ['new Date()', () => new Date()],
  ['new Date()', () => Reflect.construct(Date, [])],
  ['Date()', () => Date()],
  ['performance.now', () => performance.now()],
  ['PerformanceMark()', () => Reflect.construct(PerformanceMark, ['x'])],
  ['Intl.DateTimeFormat.format() of no date', () => new Intl.DateTimeFormat().format()],
  ['Intl.DateTimeFormat.format() of no date', () => format.format(undefined)],
  ['Intl.DateTimeFormat.formatToParts() of no date', () => format.formatToParts()],
  ['Event.timeStamp', () => new CustomEvent('x').timeStamp],
  ['File.lastModified', () => new File([], 'x').lastModified],
  ['Math.random()', () => Math.random()],
  ['crypto.getRandomValues', () => crypto.getRandomValues(new Uint8Array(1))],
  ['crypto.subtle', () => crypto.subtle],
  ['URL.createObjectURL()', () => URL.createObjectURL(new Blob([]))],
  ['setTimeout()', () => setTimeout(() => {}, 0)],
  ['setInterval()', () => setInterval(() => {}, 0)],
  ['setImmediate()', () => setImmediate(() => {})],
  ['queueMicrotask()', () => queueMicrotask(() => {})],
  ['AbortSignal.timeout()', () => AbortSignal.timeout(1)],
  ['fetch()', () => fetch('http://127.0.0.1')],
  ['WebSocket()', () => new WebSocket('ws://127.0.0.1')],
  ['process.hrtime()', () => process.hrtime()],
  ['process.hrtime.bigint()', () => process.hrtime.bigint()],
  ['process.uptime()', () => process.uptime()],
  ['process.cpuUsage()', () => process.cpuUsage()],
  ['process.threadCpuUsage()', () => process.threadCpuUsage()],
  ['process.resourceUsage()', () => process.resourceUsage()],
  ['process.memoryUsage()', () => process.memoryUsage()],
  ['process.memoryUsage.rss()', () => process.memoryUsage.rss()],
  ['process.availableMemory()', () => process.availableMemory()],
  ['process.constrainedMemory()', () => process.constrainedMemory()],
  ['process.getBuiltinModule()', () => process.getBuiltinModule('node:fs')],
  ['process.binding()', () => internal['binding']!('fs')],
  ['process._linkedBinding()', () => internal['_linkedBinding']!('fs')],
  ['process.dlopen()', () => process.dlopen({ exports: {} }, '/nowhere')],
  ['process.loadEnvFile()', () => process.loadEnvFile('/nowhere')],
  ['process.kill()', () => process.kill(process.pid, 0)],
  ['process.abort()', () => process.abort()],
  ['process.exit()', () => process.exit()],
  ['process.execve()', () => internal['execve']!('/nowhere')],
  ['process.reallyExit()', () => internal['reallyExit']!()],
];

for (const [used, call] of REFUSED) {
  test(`sealed globals: ${used} by ${String(call).slice(6)} -> throws, naming what to use instead`, () => {
    const error = sealedError(call);
    assert.ok(error instanceof ForbiddenError, String(error));
    assert.equal(error.used, used);
    assert.ok(error.instead.length > 10);
  });
}

test('sealed globals: a format that was kept, of no date -> throws as well; of a date -> arithmetic', () => {
  // Read before anything was sealed, as who loads first may.
  assert.equal(
    sealedError(() => assert.equal(format.format(0), format.format(new Date(0)))),
    null,
  );
  assert.equal(
    sealedError(() => assert.ok(format.formatToParts(0).length > 2)),
    null,
  );
  assert.equal(format.format, format.format);
  assert.ok(typeof kept === 'function' && format.format().length > 5, 'and of nothing, outside');
});

/** Globals of Node that only compute, only tell, or only do what ends after the handler has returned, where all that it asks for is refused. */
const HARMLESS =
  `Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol Promise RegExp Error AggregateError
EvalError RangeError ReferenceError SyntaxError TypeError URIError globalThis JSON Atomics ArrayBuffer SharedArrayBuffer DataView Map BigInt Set Iterator
WeakMap WeakSet WeakRef FinalizationRegistry Proxy Reflect decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape eval isFinite isNaN
Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array Float16Array Float32Array Float64Array Uint8ClampedArray BigUint64Array BigInt64Array
console process global Buffer clearImmediate clearInterval clearTimeout URLSearchParams URLPattern DOMException AbortController EventTarget MessageEvent
CloseEvent CustomEvent TextEncoder TextDecoder TransformStream TransformStreamDefaultController WritableStream WritableStreamDefaultController
WritableStreamDefaultWriter ReadableStream ReadableStreamDefaultReader ReadableStreamBYOBReader ReadableStreamBYOBRequest
ReadableByteStreamController ReadableStreamDefaultController ByteLengthQueuingStrategy CountQueuingStrategy TextEncoderStream TextDecoderStream
CompressionStream DecompressionStream structuredClone atob btoa BroadcastChannel MessageChannel MessagePort Blob FormData Headers Request Response
Performance PerformanceEntry PerformanceMeasure PerformanceObserver PerformanceObserverEntryList PerformanceResourceTiming Crypto CryptoKey
SubtleCrypto SuppressedError DisposableStack AsyncDisposableStack WebAssembly Navigator navigator`.split(/\s+/);

/** Globals of which something is refused under another name. */
const PARTLY = ['Math', 'Intl', 'URL', 'AbortSignal', 'Event', 'File'];

/** What of the process stays as it was started, or only tells. Another process shows what goes by it: `check` runs a second one. */
const HARMLESS_OF_PROCESS =
  `version versions arch platform release config features allowedNodeEnvironmentFlags env title argv argv0 execArgv execPath
pid ppid debugPort exitCode stdin stdout stderr cwd chdir umask domain nextTick emitWarning ref unref finalization report moduleLoadList openStdin
getuid geteuid getgid getegid getgroups initgroups setgroups setegid seteuid setgid setuid sourceMapsEnabled setSourceMapsEnabled
setUncaughtExceptionCaptureCallback hasUncaughtExceptionCaptureCallback addUncaughtExceptionCaptureCallback getActiveResourcesInfo channel connected send disconnect`.split(
    /\s+/,
  );

test('sealed globals: all that this Node has -> decided on, refused or harmless', () => {
  // Of a program of its own, as tests leave names of theirs behind.
  const names = 'console.log(JSON.stringify([globalThis, process].map((of) => Object.getOwnPropertyNames(of))))';
  const { stdout } = spawnSync(process.execPath, ['--import', `data:text/javascript,${names}`, '/dev/null'], {
    encoding: 'utf8',
  });
  const [globals, members]: readonly string[][] = JSON.parse(stdout);
  const refused = REFUSED.map(([used]) => used.replace('new ', '').split(/[.(]/));
  const known = new Set([...HARMLESS, ...PARTLY, ...refused.map(([first]) => first)]);
  const knownMembers = new Set([...HARMLESS_OF_PROCESS, ...refused.map(([, second]) => second)]);
  assert.deepEqual(
    globals!.filter((name) => !known.has(name)),
    [],
  );
  // What begins with a low line is Node's own.
  assert.deepEqual(
    members!.filter((name) => !knownMembers.has(name) && !name.startsWith('_')),
    [],
  );
});

test('sealed globals: what Node has only where it is asked for, as Temporal -> refused as well', () => {
  const flags = ['--harmony-temporal', '--experimental-eventsource', '--experimental-webstorage', '--no-warnings'];
  const script = `
    import { sealGlobals } from '${new URL('sealed-globals.ts', import.meta.url).href}';
    const unseal = sealGlobals();
    const used = [() => Temporal.Now.instant(), () => new EventSource('http://127.0.0.1'), () => localStorage, () => sessionStorage].map((call) => {
      try {
        return String(call());
      } catch (error) {
        return error.used ?? String(error);
      }
    });
    unseal();
    console.log(used.join(' '));`;
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, '--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  assert.equal(stdout.trim(), 'Temporal.Now.instant() EventSource() localStorage sessionStorage', stderr);
});

test('sealed globals: arithmetic on given times -> still works', () => {
  assert.equal(
    sealedError(() => assert.equal(new Date(0).getUTCFullYear(), 1970)),
    null,
  );
  assert.equal(
    sealedError(() => assert.equal(Date.UTC(2024, 0, 1), 1_704_067_200_000)),
    null,
  );
  assert.equal(
    sealedError(() => assert.ok(new Date(5) instanceof Date)),
    null,
  );
});

test('sealed globals: the clock by the constructor of a given time -> throws as well', () => {
  const error = sealedError(() => (new Date(0).constructor as DateConstructor).now());
  assert.ok(error instanceof ForbiddenError && error.used === 'Date.now()', String(error));
});

test('sealed globals: the WebSocket of a program of ours -> nothing of it is loaded to put it away, refused inside, the one of undici outside', () => {
  const script = `
    import { leaveWebSocketUnmade, sealGlobals } from '${new URL('sealed-globals.ts', import.meta.url).href}';
    leaveWebSocketUnmade();
    const unseal = sealGlobals();
    let used = '';
    try {
      new WebSocket('ws://127.0.0.1');
    } catch (error) {
      used = error.used;
    }
    leaveWebSocketUnmade();
    const isStillSealed = WebSocket.name === 'refused';
    unseal();
    const isLoaded = process.moduleLoadList.some((each) => each.endsWith('deps/undici/undici'));
    const { WebSocket: theirs } = await import('undici');
    console.log(used, isStillSealed, isLoaded, WebSocket === theirs, Object.keys(globalThis).includes('WebSocket'));
    globalThis.WebSocket = 1;
    console.log(WebSocket);`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    cwd: import.meta.dirname,
  });
  assert.equal(stdout, 'WebSocket() true false true false\n1\n', stderr);
  leaveWebSocketUnmade();
  assert.equal(typeof WebSocket, 'function');
});

test('sealed globals: given back -> as they were', () => {
  const before = [Date, performance, Math.random, setTimeout, fetch, crypto];
  sealGlobals()();
  assert.deepEqual([Date, performance, Math.random, setTimeout, fetch, crypto], before);
  assert.ok(Date.now() > 0 && performance.now() > 0 && Math.random() < 1);
  assert.ok(new Date(0).constructor === Date && process.hrtime.bigint() > 0n && process.uptime() > 0);
});

test('sealed globals: a function kept from inside -> still throws outside', () => {
  const unseal = sealGlobals();
  const kept = Date;
  unseal();
  assert.throws(() => kept.now(), ForbiddenError);
});

test('sealed globals: others call within a seal that is not theirs -> all works', () => {
  const unseal = sealGlobals(() => true);
  try {
    assert.ok(process.hrtime()[0] > 0 && process.hrtime.bigint() > 0n && process.uptime() > 0);
    assert.equal(typeof process.getBuiltinModule('node:fs')?.existsSync, 'function');
    assert.ok((new Date(0).constructor as DateConstructor).now() > 0);
  } finally {
    unseal();
  }
});
