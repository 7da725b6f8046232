import { randomUUID } from 'node:crypto';
import type { Due } from '../core/alerts/desk.ts';
import { type AlertRule, alertRuleSchema } from '../core/alerts/rule.ts';
import type { AlertLedger, AlertStore, Delivery, DeliveryState, KeptAlert, KeptChannel } from '../ports/alerts.ts';
import {
  first,
  maybe,
  type Query,
  type StateDatabase,
  type StateRow,
  type StateValue,
  words,
} from './state-database.ts';

/** Alerts of an installation, in the state's database. */
export function storedAlerts({ query, transaction }: Pick<StateDatabase, 'query' | 'transaction'>): AlertStore {
  const all = async <T>(of: (row: StateRow) => T, text: string, ...values: readonly StateValue[]): Promise<T[]> =>
    (await query(text, ...values)).map(of);
  const changes = async (text: string, ...values: readonly StateValue[]): Promise<boolean> =>
    (await query(text, ...values)).length > 0;
  const alert = async (id: number): Promise<KeptAlert | null> =>
    (await all(alertOf, 'select * from @alert where id = $1', id))[0] ?? null;
  return {
    channels: () => all(channelOf, 'select * from @alert_channel order by name'),
    addChannel: ({ name, secretId, createdAtMs, ...settings }) =>
      changes(
        'insert into @alert_channel values ($1, $2, $3, $4) on conflict do nothing returning name',
        ...[name, JSON.stringify(settings), secretId, createdAtMs],
      ),
    secretChanged: (name, change) =>
      transaction(async (query) => {
        const row = first(await query('select settings from @alert_channel where name = $1', name));
        if (row === null) return;
        const settings = { ...(JSON.parse(String(row['settings'])) as object), ...change };
        await query('update @alert_channel set settings = $1 where name = $2', JSON.stringify(settings), name);
      }),
    removeChannel: (name) => changes('delete from @alert_channel where name = $1 returning name', name),
    rules: () => all(ruleOf, 'select * from @alert_rule order by name'),
    addRule: (rule) =>
      changes(
        'insert into @alert_rule values ($1, $2, @now) on conflict do nothing returning name',
        ...[rule.name, JSON.stringify(rule)],
      ),
    removeRule: (name) => changes('delete from @alert_rule where name = $1 returning name', name),
    async begun() {
      await query('insert into @alert_begun values (1, @now) on conflict do nothing');
      return Number(first(await query('select at_ms from @alert_begun'))!['at_ms']);
    },
    followed: () =>
      all(
        (row) => ({
          ...{ session: String(row['session']), begunAtMs: Number(row['begun_at_ms']) },
          ...{ record: Number(row['record']), isRunning: Number(row['is_running']) === 1 },
        }),
        'select * from @alert_followed',
      ),
    decide: (work) => transaction((query) => work(ledgerOf(query))),
    alerts: ({ onlyOpen, most }) =>
      all(
        alertOf,
        `select * from @alert ${onlyOpen ? 'where acknowledged_at_ms is null and resolved_at_ms is null' : ''} order by id desc limit $1`,
        most,
      ),
    escalating: (nowMs) =>
      all(
        alertOf,
        'select * from @alert where escalate_at_ms <= $1 and acknowledged_at_ms is null and resolved_at_ms is null order by id',
        nowMs,
      ),
    alert,
    async acknowledge(id, by) {
      await query(
        'update @alert set acknowledged_at_ms = @now, acknowledged_by = $1, escalate_at_ms = null where id = $2 and acknowledged_at_ms is null',
        ...[by, id],
      );
      return alert(id);
    },
    deliveries: ({ state, alert: of, channel, most }) =>
      all(
        deliveryOf,
        `select * from @alert_delivery where ($1 = '' or state = $1) and ($2 < 0 or alert = $2) and ($3 = '' or channel = $3)
           order by seq desc limit $4`,
        ...[state ?? '', of ?? -1, channel ?? '', most],
      ),
    due: (nowMs, most) =>
      all(
        deliveryOf,
        `select * from (
           select d.*, row_number() over (partition by channel order by due_ms, seq) as turn
           from @alert_delivery as d where state = 'pending' and due_ms <= $1
         ) as waiting where turn <= $2 order by due_ms, seq`,
        ...[nowMs, most],
      ),
    async counts() {
      const found = await all(
        (row): [string, number] => [String(row['state']), Number(row['n'])],
        'select state, count(*) as n from @alert_delivery group by state',
      );
      return { pending: 0, delivered: 0, dead: 0, ...Object.fromEntries(found) };
    },
    async noteAttempt({ id, attempts }, attempt, state, dueMs) {
      await query(
        'update @alert_delivery set attempts = $1, state = $2, due_ms = $3 where id = $4',
        ...[JSON.stringify([...attempts, attempt]), state, dueMs, id],
      );
    },
    revive: (id) =>
      changes(
        "update @alert_delivery set state = 'pending', due_ms = @now where id = $1 and state = 'dead' returning id",
        id,
      ),
    async forget(beforeMs) {
      await query(
        `delete from @alert as a where last_at_ms < $1 and notified_at_ms < $1
           and not exists (select 1 from @alert_delivery where alert = a.id and state = 'pending')`,
        beforeMs,
      );
    },
  };
}

function ledgerOf(query: Query): AlertLedger {
  const put = async (id: number, due: readonly Due[]): Promise<void> => {
    for (const { channel, dueMs, step } of due)
      await query(
        `insert into @alert_delivery (id, alert, channel, step, state, created_at_ms, due_ms, attempts)
         values ($1, $2, $3, $4, 'pending', @now, $5, '[]')`,
        ...[`msg_${randomUUID().replaceAll('-', '')}`, id, channel, step, dueMs],
      );
  };
  return {
    async newest(key) {
      const row = first(await query('select * from @alert where key = $1 order by id desc limit 1', key));
      return row === null ? null : alertOf(row);
    },
    async raise(alert, due) {
      const columns = {
        ...{ rule: alert.rule, key: alert.key, kind: alert.kind, severity: alert.severity, title: alert.title },
        ...{ text: alert.text, session: alert.session, strategy: alert.strategy, instrument: alert.instrument },
        ...{ first_at_ms: alert.firstAtMs, last_at_ms: alert.lastAtMs, count: alert.count },
        ...{ notified_at_ms: alert.notifiedAtMs, step: alert.step, escalate_at_ms: alert.escalateAtMs },
      };
      const names = Object.keys(columns);
      const places = names.map((_, k) => `$${k + 1}`).join(', ');
      const rows = await query(
        `insert into @alert (${names.join(', ')}) values (${places}) returning id`,
        ...Object.values(columns),
      );
      const id = Number(first(rows)!['id']);
      await put(id, due);
      return id;
    },
    async change(id, alert, due) {
      await query(
        `update @alert set text = $1, last_at_ms = $2, count = $3, notified_at_ms = $4, resolved_at_ms = $5, step = $6, escalate_at_ms = $7
         where id = $8`,
        ...[alert.text, alert.lastAtMs, alert.count, alert.notifiedAtMs, alert.resolvedAtMs, alert.step],
        ...[alert.escalateAtMs, id],
      );
      await put(id, due);
    },
    async follow({ session, begunAtMs, record, isRunning }) {
      await query(
        `insert into @alert_followed values ($1, $2, $3, $4) on conflict (session) do update
         set begun_at_ms = excluded.begun_at_ms, record = excluded.record, is_running = excluded.is_running`,
        ...[session, begunAtMs, record, isRunning ? 1 : 0],
      );
    },
  };
}

function channelOf(row: StateRow): KeptChannel {
  const settings = JSON.parse(String(row['settings'])) as Omit<KeptChannel, 'name' | 'secretId' | 'createdAtMs'>;
  const [secretId, createdAtMs] = [words(row['secret_id']), Number(row['created_at_ms'])];
  return {
    // As of one that was kept before its secrets were dated.
    ...{ secretChangedAtMs: secretId === null ? null : createdAtMs, hasFormerSecret: false },
    ...settings,
    ...{ name: String(row['name']), secretId, createdAtMs },
  };
}

function ruleOf(row: StateRow): AlertRule {
  return alertRuleSchema.parse(JSON.parse(String(row['rule'])));
}

function alertOf(row: StateRow): KeptAlert {
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

function deliveryOf(row: StateRow): Delivery {
  return {
    ...{ id: String(row['id']), seq: Number(row['seq']), alert: Number(row['alert']), channel: String(row['channel']) },
    ...{ step: Number(row['step']), state: row['state'] as DeliveryState, createdAtMs: Number(row['created_at_ms']) },
    ...{ dueMs: Number(row['due_ms']), attempts: JSON.parse(String(row['attempts'])) as Delivery['attempts'] },
  };
}
