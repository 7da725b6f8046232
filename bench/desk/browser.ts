import { existsSync } from 'node:fs';
import { loadavg } from 'node:os';
import type { Browser, Page } from 'playwright-core';
import type { Measurement } from '../row.ts';

const CHROMIUM = '/usr/bin/chromium';
const CATEGORIES = ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline'];

/** What the main thread of a page did, by its own trace. */
export interface MainThread {
  readonly seconds: number;
  /** Time of the processor that tasks took, as a share of the time that passed. */
  readonly busyPct: number;
  /** The task that took most of the processor's time, in ms. */
  readonly longestMs: number;
  /** The same by the clock on the wall, in which other programs had their turns. */
  readonly wallBusyPct: number;
  readonly wallLongestMs: number;
  /** Time of the processor of all tasks, in ms. */
  readonly totalMs: number;
  /** How often it was drawn. On a machine that is busy otherwise, fewer frames than updates. */
  readonly frames: number;
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** Runs with a browser, and without where none is installed: then there is no value. */
export async function inBrowser(body: (browser: Browser) => Promise<Measurement>): Promise<Measurement> {
  if (!existsSync(CHROMIUM)) return { value: null, note: `Chromium absent: ${CHROMIUM}` };
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--js-flags=--expose-gc', '--enable-precise-memory-info'],
  });
  try {
    return await body(browser);
  } finally {
    await browser.close();
  }
}

/** What the main thread of a page does while `work` lasts, from a trace of the browser. */
export async function traced(browser: Browser, page: Page, work: () => Promise<void>): Promise<MainThread> {
  await browser.startTracing(page, { categories: CATEGORIES });
  const startMs = performance.now();
  await work();
  const seconds = (performance.now() - startMs) / 1_000;
  const { traceEvents } = JSON.parse(String(await browser.stopTracing())) as { traceEvents: readonly TraceEvent[] };
  const mains = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const byThread = Map.groupBy(
    traceEvents.filter(({ name, ph, pid, tid }) => name === 'RunTask' && ph === 'X' && mains.has(`${pid} ${tid}`)),
    ({ pid, tid }) => `${pid} ${tid}`,
  );
  const sum = (values: readonly number[]): number => values.reduce((all, each) => all + each, 0);
  const frames = traceEvents.filter(({ name }) => name === 'FireAnimationFrame').length;
  const figures = [...byThread.values()].map((tasks) => {
    const cpu = tasks.map(({ dur = 0, tdur = dur }) => tdur / 1_000);
    const wall = tasks.map(({ dur = 0 }) => dur / 1_000);
    return {
      ...{ seconds, frames, totalMs: sum(cpu) },
      ...{ busyPct: sum(cpu) / seconds / 10, longestMs: Math.max(...cpu) },
      ...{ wallBusyPct: sum(wall) / seconds / 10, wallLongestMs: Math.max(...wall) },
    };
  });
  // The browser keeps a page in reserve, which does next to nothing.
  const busiest = figures.toSorted((a, b) => b.totalMs - a.totalMs)[0];
  if (busiest === undefined) throw new Error(`no task of a page among ${traceEvents.length} events of the trace`);
  return busiest;
}

/** How much the machine had to do beside it. */
export const loadText = (): string => `load ${loadavg()[0]!.toFixed(1)}`;

export const medianOf = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
