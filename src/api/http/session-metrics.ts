import { LATENCY_BOUNDS_S, type SessionVitals, SILENT_MS, VITALS, type VitalName } from '../../ports/session-vitals.ts';
import type { VenueBudget } from '../../ports/venues.ts';
import type { World } from '../world.ts';
import { type MetricText, SERVER_FAMILIES, SESSION_FAMILIES, sessionLabels, vitalFamily } from './metric-families.ts';

/** And is forgotten after so long. */
const FORGOTTEN_MS = 86_400_000;
/** So many sessions have series of their own; names of sessions are made by people. */
const MOST_SESSIONS = 100;
const MOST_ALERTS = 1_000;

/** What sessions and alerts of a home are at, as read for one scrape. */
export interface HomeFigures {
  readonly nowMs: number;
  readonly vitals: readonly SessionVitals[];
  readonly alertsOpen: number;
  readonly deliveries: Readonly<Record<string, number>>;
}

/** Null where the home cannot be read: a server that is in trouble still tells of itself. */
export async function readHomeFigures(world: World): Promise<HomeFigures | null> {
  const nowMs = world.clock.nowMs();
  try {
    const [board, alerts] = await Promise.all([world.vitals(), world.alerts()]);
    const [vitals, open, deliveries] = await Promise.all([
      board.since(nowMs - FORGOTTEN_MS),
      alerts.alerts({ onlyOpen: true, most: MOST_ALERTS }),
      alerts.counts(),
    ]);
    return { nowMs, vitals, alertsOpen: open.length, deliveries };
  } catch {
    return null;
  }
}

/** How many jobs are in each state; null where the queue does not answer. */
export async function readJobCounts(world: World): Promise<Readonly<Record<string, number>> | null> {
  try {
    return await (await world.jobs()).counts();
  } catch {
    return null;
  }
}

/** Writes what is known of the home. */
export function writeHomeFigures(text: MetricText, figures: HomeFigures | null): void {
  const { readable, alertsOpen, deliveries } = SERVER_FAMILIES;
  text.head(readable);
  text.sample(readable.name, {}, figures === null ? 0 : 1);
  if (figures === null) return;
  text.head(alertsOpen);
  text.sample(alertsOpen.name, {}, figures.alertsOpen);
  text.head(deliveries);
  for (const [state, count] of Object.entries(figures.deliveries)) text.sample(deliveries.name, { state }, count);
  const told = [...figures.vitals].sort((a, b) => b.atMs - a.atMs).slice(0, MOST_SESSIONS);
  const isFresh = ({ atMs }: SessionVitals): boolean => figures.nowMs - atMs < SILENT_MS;
  const { up } = SESSION_FAMILIES;
  text.head(up);
  for (const vitals of told) text.sample(up.name, sessionLabels(vitals), isFresh(vitals) ? 1 : 0);
  // Old figures would look like those of now.
  writeSessions(text, told.filter(isFresh));
}

function writeSessions(text: MetricText, all: readonly SessionVitals[]): void {
  const { limit, refusals, orderLatency } = SESSION_FAMILIES;
  text.head(limit);
  for (const vitals of all)
    for (const [name, used] of Object.entries(vitals.limits))
      if (used !== null) text.sample(limit.name, { ...sessionLabels(vitals), limit: name }, used);
  text.head(refusals);
  for (const vitals of all)
    for (const [code, count] of Object.entries(vitals.refusals))
      text.sample(refusals.name, { ...sessionLabels(vitals), code }, count);
  const { budget, budgetUsed, blocked } = SESSION_FAMILIES;
  for (const [family, value] of [
    [budget, (each: VenueBudget) => each.limit],
    [budgetUsed, (each: VenueBudget) => each.used],
    [blocked, (each: VenueBudget) => each.blockedForMs / 1000],
  ] as const) {
    text.head(family);
    for (const { session, budgets } of all)
      for (const each of budgets) {
        const labels = { session, venue: each.venue, environment: each.environment, meter: each.meter };
        const told = value(each);
        if (told !== null) text.sample(family.name, { ...labels, window_seconds: String(each.windowMs / 1000) }, told);
      }
  }
  text.head(orderLatency);
  for (const vitals of all) text.histogram(orderLatency, sessionLabels(vitals), LATENCY_BOUNDS_S, vitals.orderLatency);
  for (const name of Object.keys(VITALS) as VitalName[]) {
    const family = vitalFamily(name);
    text.head(family);
    for (const vitals of all) {
      const value = vitals.figures[name] ?? null;
      if (value !== null) text.sample(family.name, sessionLabels(vitals), value);
    }
  }
}
