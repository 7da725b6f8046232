import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Due } from '../../core/alerts/desk.ts';
import { type AlertRule, alertRuleSchema } from '../../core/alerts/rule.ts';
import type { AlertLedger, AlertStore, Delivery, DeliveryState, KeptAlert, KeptChannel } from '../../ports/alerts.ts';
import type { Clock } from '../../ports/clock.ts';
import { inTransaction } from './database.ts';
import { openHomeAccess } from './home-access.ts';
import { sqliteSessionLocks } from './session-locks.ts';

type Columns = Readonly<Record<string, unknown>>;

/** Alerts of a home, in its database. Throws LatchError (`ports/latches.ts`). */
export function openSqliteAlerts(homePath: string, clock: Clock): AlertStore {
  const { db, told } = openHomeAccess(homePath);
  const changes = (statement: string, ...values: (string | number | null)[]): boolean =>
    told(() => Number(db.prepare(statement).run(...values).changes) > 0);
  const all = <T>(of: (row: Columns) => T, statement: string, ...values: (string | number)[]): T[] =>
    told(() =>
      db
        .prepare(statement)
        .all(...values)
        .map(of),
    );
  const alert = (id: number): KeptAlert | null => all(alertOf, 'select * from alert where id = ?', id)[0] ?? null;
  const ledger = ledgerOf(db, clock);
  return {
    channels: async () => all(channelOf, 'select * from alert_channel order by name'),
    addChannel: async ({ name, secretId, createdAtMs, ...settings }) =>
      changes(
        'insert into alert_channel values (?, ?, ?, ?) on conflict do nothing',
        ...[name, JSON.stringify(settings), secretId, createdAtMs],
      ),
    removeChannel: async (name) => changes('delete from alert_channel where name = ?', name),
    rules: async () => all(ruleOf, 'select * from alert_rule order by name'),
    addRule: async (rule) =>
      changes(
        'insert into alert_rule values (?, ?, ?) on conflict do nothing',
        ...[rule.name, JSON.stringify(rule), clock.nowMs()],
      ),
    removeRule: async (name) => changes('delete from alert_rule where name = ?', name),
    lock: () => sqliteSessionLocks(dirname(homePath)).take('alerts'),
    async begun() {
      changes('insert into alert_begun values (1, ?) on conflict do nothing', clock.nowMs());
      return all(({ at_ms: atMs }) => Number(atMs), 'select at_ms from alert_begun')[0]!;
    },
    followed: async () =>
      all(
        (row) => ({
          ...{ session: String(row['session']), begunAtMs: Number(row['begun_at_ms']) },
          ...{ record: Number(row['record']), isRunning: row['is_running'] === 1 },
        }),
        'select * from alert_followed',
      ),
    decide: async (work) => told(() => inTransaction(db, () => work(ledger))),
    alerts: async ({ onlyOpen, most }) =>
      all(
        alertOf,
        `select * from alert ${onlyOpen ? 'where acknowledged_at_ms is null and resolved_at_ms is null' : ''} order by id desc limit ?`,
        most,
      ),
    escalating: async (nowMs) =>
      all(
        alertOf,
        `select * from alert where escalate_at_ms <= ? and acknowledged_at_ms is null and resolved_at_ms is null order by id`,
        nowMs,
      ),
    alert: async (id) => alert(id),
    async acknowledge(id, by) {
      changes(
        'update alert set acknowledged_at_ms = ?, acknowledged_by = ?, escalate_at_ms = null where id = ? and acknowledged_at_ms is null',
        ...[clock.nowMs(), by, id],
      );
      return alert(id);
    },
    deliveries: async ({ state, alert: of, most }) =>
      all(
        deliveryOf,
        `select * from alert_delivery where (?1 = '' or state = ?1) and (?2 < 0 or alert = ?2) order by seq desc limit ?3`,
        ...[state ?? '', of ?? -1, most],
      ),
    due: async (nowMs, most) =>
      all(
        deliveryOf,
        `select * from alert_delivery where state = 'pending' and due_ms <= ? order by due_ms, seq limit ?`,
        ...[nowMs, most],
      ),
    async counts() {
      const found = all(
        (row): [string, number] => [String(row['state']), Number(row['n'])],
        'select state, count(*) as n from alert_delivery group by state',
      );
      return { pending: 0, delivered: 0, dead: 0, ...Object.fromEntries(found) };
    },
    async noteAttempt({ id, attempts }, attempt, state, dueMs) {
      changes(
        'update alert_delivery set attempts = ?, state = ?, due_ms = ? where id = ?',
        ...[JSON.stringify([...attempts, attempt]), state, dueMs, id],
      );
    },
    revive: async (id) =>
      changes(
        `update alert_delivery set state = 'pending', due_ms = ? where id = ? and state = 'dead'`,
        ...[clock.nowMs(), id],
      ),
    async forget(beforeMs) {
      changes(
        `delete from alert where last_at_ms < ?1 and notified_at_ms < ?1
           and not exists (select 1 from alert_delivery where alert = alert.id and state = 'pending')`,
        beforeMs,
      );
    },
    close: async () => db.close(),
  };
}

function ledgerOf(db: DatabaseSync, clock: Clock): AlertLedger {
  const newest = db.prepare('select * from alert where key = ? order by id desc limit 1');
  const raise = db.prepare(
    'insert into alert values (null, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, null, null, null, ?, ?) returning id',
  );
  const change = db.prepare(
    `update alert set text = ?, last_at_ms = ?, count = ?, notified_at_ms = ?, resolved_at_ms = ?, step = ?, escalate_at_ms = ?
       where id = ?`,
  );
  const deliver = db.prepare(`insert into alert_delivery values (null, ?, ?, ?, ?, 'pending', ?, ?, '[]')`);
  const follow = db.prepare('insert or replace into alert_followed values (?, ?, ?, ?)');
  const put = (id: number, due: readonly Due[]): void => {
    for (const { channel, dueMs, step } of due)
      deliver.run(`msg_${randomUUID().replaceAll('-', '')}`, id, channel, step, clock.nowMs(), dueMs);
  };
  return {
    newest(key) {
      const row = newest.get(key);
      return row === undefined ? null : alertOf(row);
    },
    raise(alert, due) {
      const { id } = raise.get(
        ...[alert.rule, alert.key, alert.kind, alert.severity, alert.title, alert.text, alert.session, alert.strategy],
        ...[alert.instrument, alert.firstAtMs, alert.lastAtMs, alert.count, alert.notifiedAtMs, alert.step],
        alert.escalateAtMs,
      ) as { id: number };
      put(id, due);
      return id;
    },
    change(id, alert, due) {
      change.run(
        ...[alert.text, alert.lastAtMs, alert.count, alert.notifiedAtMs, alert.resolvedAtMs, alert.step],
        ...[alert.escalateAtMs, id],
      );
      put(id, due);
    },
    follow({ session, begunAtMs, record, isRunning }) {
      follow.run(session, begunAtMs, record, isRunning ? 1 : 0);
    },
  };
}

const maybe = (value: unknown): number | null => (value === null ? null : Number(value));
const words = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function channelOf(row: Columns): KeptChannel {
  const settings = JSON.parse(String(row['settings'])) as Omit<KeptChannel, 'name' | 'secretId' | 'createdAtMs'>;
  return {
    ...settings,
    ...{ name: String(row['name']), secretId: words(row['secret_id']), createdAtMs: Number(row['created_at_ms']) },
  };
}

function ruleOf(row: Columns): AlertRule {
  return alertRuleSchema.parse(JSON.parse(String(row['rule'])));
}

function alertOf(row: Columns): KeptAlert {
  return {
    id: Number(row['id']),
    ...{ rule: String(row['rule']), key: String(row['key']) },
    kind: row['kind'] as KeptAlert['kind'],
    severity: row['severity'] as KeptAlert['severity'],
    ...{ title: String(row['title']), text: String(row['text']), session: words(row['session']) },
    ...{ strategy: words(row['strategy']), instrument: words(row['instrument']) },
    ...{ firstAtMs: Number(row['first_at_ms']), lastAtMs: Number(row['last_at_ms']), count: Number(row['count']) },
    ...{ notifiedAtMs: Number(row['notified_at_ms']), acknowledgedAtMs: maybe(row['acknowledged_at_ms']) },
    ...{ acknowledgedBy: words(row['acknowledged_by']), resolvedAtMs: maybe(row['resolved_at_ms']) },
    ...{ step: Number(row['step']), escalateAtMs: maybe(row['escalate_at_ms']) },
  };
}

function deliveryOf(row: Columns): Delivery {
  return {
    ...{ id: String(row['id']), seq: Number(row['seq']), alert: Number(row['alert']), channel: String(row['channel']) },
    ...{ step: Number(row['step']), state: row['state'] as DeliveryState, createdAtMs: Number(row['created_at_ms']) },
    ...{ dueMs: Number(row['due_ms']), attempts: JSON.parse(String(row['attempts'])) as Delivery['attempts'] },
  };
}
