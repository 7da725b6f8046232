import type { EventLine } from '../../api/operations/session-fields.ts';
import type { Output } from '../../api/operations/table.ts';
import { isTerminal, ORDER_STATUSES, STATUS } from '../../core/vocabulary/order.ts';
import { type Style, shorten, WIDTH, widthOf } from '../style.ts';
import { table } from '../table.ts';
import { counted, flow, labelled, plain } from './parts.ts';
import type { Rendering, Scene } from './render.ts';
import { bookLines, fillTable, positionTable, right, second, side, signed } from './session-book.ts';

type Status = Output<'status'>;

function statusText({ sessions, latches, book }: Status, style: Style): string {
  if (sessions.length === 0) return [' no sessions yet', ...latchLines(latches, style)].join('\n');
  const rows = sessions.map((s) => [
    style.bold(s.session),
    `${s.running ? style.good('running') : style.dim('ended')}${standing(s, style)}`,
    s.strategy,
    `${s.venue} ${s.symbols.join(' ')} ${s.timeframe}`,
    s.equity === null ? '' : `${s.equity.toFixed(2)} ${s.currency}`,
    s.profit === null ? '' : signed(s.profit, style),
    ...(isRead(s) ? [String(s.positions), String(s.openOrders)] : ['–', '–']),
  ]);
  const columns = [
    ...[
      { header: 'session' },
      { header: '' },
      { header: 'strategy', mayShrink: true },
      { header: 'on', mayShrink: true },
    ],
    { header: 'equity', ...right },
    { header: 'profit', ...right },
    { header: 'pos.', ...right },
    { header: 'orders', ...right },
  ];
  return [
    table(columns, rows, style),
    ...sessions.flatMap(({ session, problem }) =>
      problem === null ? [] : [labelled(session, style.bad(problem), style, 16)],
    ),
    ...sessions.flatMap((line) => heldLines(line, style)),
    ...latchLines(latches, style),
    ...(book === null ? [] : ['', ...bookLines(book, style)]),
  ].join('\n');
}

/** Whether its figures are known: one that cannot be read may hold anything. */
function isRead({ problem, time }: Status['sessions'][number]): boolean {
  return problem === null || time !== null;
}

/** What keeps one that runs from trading freely, in a word. */
function standing({ latched, tradingState, paused, failure }: Status['sessions'][number], style: Style): string {
  if (latched !== null) return ` ${style.bad(latched)}`;
  if (failure !== null) return ` ${style.bad('failed')}`;
  if (tradingState !== null && tradingState !== 'active') return ` ${style.bad(tradingState)}`;
  return paused.length === 0 ? '' : ` ${style.warn('paused')}`;
}

/** What holds it back beside latches, which are told by themselves. */
function heldLines({ session, held }: Status['sessions'][number], style: Style): readonly string[] {
  return held
    .filter(({ causes }) => causes.some((cause) => cause !== 'kill'))
    .map(({ scope, target, state, causes }) => {
      const place = target === '' ? scope : `${scope}:${target}`;
      return labelled(session, `${style.bad(`${state} ${place}`)} by ${causes.join(', ')}`, style, 16);
    });
}

function latchLines(latches: Status['latches'], style: Style): readonly string[] {
  return latches.map(({ scope, target, level, reason, actor, time }) => {
    const place = target === '' ? scope : `${scope}:${target}`;
    return labelled(
      'latched',
      `${style.bad(`${level} ${place}`)} since ${second(time)} UTC, by ${actor}: ${reason}`,
      style,
    );
  });
}

export const renderStatusUpdate = (update: Status, { style }: Scene): string => statusText(update, style);

export function renderStatus(output: Status, { style }: Scene): Rendering {
  const [first] = output.sessions;
  const next =
    first === undefined
      ? 'tradewright paper sma-cross --venue binance --symbols BTCUSDT'
      : output.book === null
        ? `tradewright status ${first.session}`
        : `tradewright events --session ${first.session}`;
  return { text: statusText(output, style), next };
}

type Heading = Pick<Output<'orders'>, 'session' | 'time'>;

export function heading({ session, time }: Heading, parts: readonly string[], style: Style): string {
  return flow(
    'session',
    [style.bold(session), time === null ? 'no bar yet' : `at ${second(time)} UTC`, ...parts],
    style,
  );
}

function positionsText(output: Output<'positions'>, style: Style): string {
  const { currency, equity, positions } = output;
  return [
    heading(output, [`equity ${equity.toFixed(2)} ${currency}`], style),
    positions.length === 0 ? ' no open positions' : positionTable(positions, style),
  ].join('\n');
}

export const renderPositionsUpdate = (update: Output<'positions'>, { style }: Scene): string =>
  positionsText(update, style);

export function renderPositions(output: Output<'positions'>, { style }: Scene): Rendering {
  return { text: positionsText(output, style), next: `tradewright fills --session ${output.session}` };
}

function ordersText(output: Output<'orders'>, style: Style): string {
  return [heading(output, [], style), orderTable(output.orders, style)].join('\n');
}

function orderTable(orders: Output<'orders'>['orders'], style: Style): string {
  const rows = orders.map((o) => [
    o.order,
    style.bold(o.instrument.slice(o.instrument.indexOf(':') + 1)),
    side(o.side, style),
    o.role === o.type ? o.type : `${o.role} ${o.type}`,
    o.filled === '0' || Number(o.filled) === 0 ? o.quantity : `${o.filled}/${o.quantity}`,
    o.limit ?? '',
    o.trigger ?? '',
    o.status,
    o.why,
  ]);
  const columns = [
    ...[{ header: 'order' }, { header: '' }, { header: '' }, { header: '', mayShrink: true }],
    { header: 'quantity', ...right },
    { header: 'limit', ...right },
    { header: 'trigger', ...right },
    ...[{ header: '' }, { header: 'why', mayShrink: true }],
  ];
  return rows.length === 0 ? ' no orders' : table(columns, rows, style);
}

export function renderOneOrder(output: Output<'order-show'>, { style }: Scene): Rendering {
  const { order, fills, session } = output;
  return {
    text: [
      heading(output, [], style),
      orderTable([order], style),
      fills.length === 0 ? ' no fills' : fillTable(fills, style),
    ].join('\n'),
    next: fills.length === 0 ? null : `tradewright why ${fills.at(-1)!.fill} --session ${session}`,
  };
}

export const renderOrdersUpdate = (update: Output<'orders'>, { style }: Scene): string => ordersText(update, style);

/** Statuses of orders that nobody can cancel any more. */
const ENDED: ReadonlySet<string> = new Set([
  ...ORDER_STATUSES.filter((status) => isTerminal(STATUS[status])),
  'cancel-pending',
]);

export function renderOrders(output: Output<'orders'>, { style }: Scene): Rendering {
  const open = output.orders.find(({ status }) => !ENDED.has(status));
  const [first] = output.orders;
  const next = open === undefined ? (first === undefined ? null : `show ${first.order}`) : `cancel ${open.order}`;
  return {
    text: ordersText(output, style),
    next: next === null ? null : `tradewright order ${next} --session ${output.session}`,
  };
}

/** Appended below what was told before. */
export const renderFillsUpdate = ({ fills }: Output<'fills'>, { style }: Scene): string =>
  fills
    .map((f) => {
      const head = ` ${f.fill}  ${second(f.time)}  ${f.instrument} ${side(f.side, style)} ${f.quantity} at ${f.price}  `;
      return `${head}${shorten(f.why, Math.max(1, WIDTH - widthOf(head)))}`;
    })
    .join('\n');

export function renderFills(output: Output<'fills'>, { style, given }: Scene): Rendering {
  const { fills, session } = output;
  if (given['follow'] === true) return { text: heading(output, ['followed'], style), next: null };
  const last = fills.at(-1);
  return {
    text: [heading(output, [], style), last === undefined ? ' no fills' : fillTable(fills, style)].join('\n'),
    next: last === undefined ? null : `tradewright why ${last.fill} --session ${session}`,
  };
}

export const renderEventsUpdate = ({ events }: Output<'events'>, { style }: Scene): string =>
  events
    .map((e) => {
      const head = ` ${e.seq}  ${second(e.time)}  `;
      return `${head}${style.bold(e.type)}  ${shorten(e.text, Math.max(1, WIDTH - head.length - e.type.length - 2))}`;
    })
    .join('\n');

export function renderEvents(output: Output<'events'>, { style, given }: Scene): Rendering {
  const { events } = output;
  if (given['follow'] === true) return { text: heading(output, ['followed'], style), next: null };
  return { text: [heading(output, [], style), eventTable(events, style)].join('\n'), next: null };
}

function eventTable(events: readonly EventLine[], style: Style): string {
  if (events.length === 0) return ' no events';
  return table(
    [{ header: '#', ...right }, { header: 'time' }, { header: 'event' }, { header: '', mayShrink: true }],
    events.map((e) => [String(e.seq), second(e.time), e.type, e.text]),
    style,
  );
}

export function renderWhy(output: Output<'why'>, { style }: Scene): Rendering {
  const { session, fill, input, indicators, signal, rules, order, reports, position } = output;
  const text = (event: EventLine | null, name: string): string => plain(event?.data[name] ?? '');
  const number = (value: number | null): string => (value === null ? 'warming up' : String(+value.toPrecision(10)));
  const lines = [
    flow(
      'fill',
      [
        `${style.bold(`${fill.fill}`)} of ${session}`,
        `${side(fill.side, style)} ${fill.quantity} ${fill.instrument} at ${fill.price}`,
        `fee ${fill.fee}`,
        `${second(fill.time)} UTC`,
      ],
      style,
    ),
    '',
  ];
  for (const b of input?.bars ?? [])
    lines.push(
      flow(
        'bar',
        [
          `${b.symbol} ${b.timeframe} from ${second(b.opened)}`,
          `open ${b.open}, high ${b.high}, low ${b.low}, close ${b.close}`,
          `record ${input!.record}`,
        ],
        style,
      ),
    );
  if (input?.trade)
    lines.push(flow('trade', [`${input.trade.symbol} ${input.trade.quantity} at ${input.trade.price}`], style));
  if (input?.command)
    lines.push(
      flow(
        'command',
        [input.command.type, ...givenText(input.command), input.command.reason, `by ${input.command.actor ?? session}`],
        style,
      ),
    );
  if (indicators.length > 0)
    lines.push(
      flow(
        'indicators',
        indicators.map(({ name, value }) => `${name} ${number(value)}`),
        style,
        12,
      ),
    );
  if (signal !== null)
    lines.push(labelled('signal', `${text(signal, 'action')}: ${style.bold(text(signal, 'why'))}`, style));
  if (rules === null) lines.push(labelled('risk', 'not asked: the venue placed it', style));
  else lines.push(labelled('risk', verdictText(rules), style));
  lines.push(
    flow(
      'order',
      [order.order, `${order.role} ${order.type} ${order.side} ${order.quantity}`, `placed ${second(order.time)}`],
      style,
    ),
    flow('reports', reportLines(reports), style),
  );
  if (position !== null)
    lines.push(flow('position', [position.type.replace('position-', ''), text(position, 'quantity')], style));
  if (rules !== null) lines.push('', ruleTable(rules, style));
  return { text: lines.join('\n'), next: `tradewright why ${fill.fill} --session ${session} --json` };
}

/** Reports of one kind after the other are one line: a large order may have hundreds of fills. */
function reportLines(reports: readonly EventLine[]): readonly string[] {
  const lines: { readonly name: string; from: string; to: string; times: number }[] = [];
  for (const { type, time } of reports) {
    const name = type.replace('order-', '');
    const last = lines.at(-1);
    if (last?.name !== name) lines.push({ name, from: time, to: time, times: 1 });
    else {
      last.to = time;
      last.times++;
    }
  }
  return lines.map(({ name, from, to, times }) =>
    times === 1 ? `${name} ${second(from)}` : `${name} ${times}×, ${second(from)} to ${second(to)}`,
  );
}

type Rules = NonNullable<Output<'why'>['rules']>;

/** The value that a command gave, and of which source. */
function givenText({ source, value }: NonNullable<NonNullable<Output<'why'>['input']>['command']>): readonly string[] {
  return source === undefined ? [] : [source, plain(value)];
}

function verdictText(rules: Rules): string {
  const failed = rules.filter(({ passed }) => !passed);
  if (failed.length === 0) return `approved by ${counted(rules.length, 'rule')}`;
  // An order that only reduces is not held up by limits of what it would open.
  return `approved, as it only reduces; ${failed.map(({ refusal }) => refusal).join(', ')} would have refused it otherwise`;
}

export function ruleTable(rules: Rules, style: Style): string {
  const number = (value: number | null): string => (value === null ? '' : String(+value.toPrecision(6)));
  return table(
    [
      { header: 'rule' },
      { header: 'unit' },
      { header: 'used', ...right },
      { header: 'with the order', ...right },
      { header: 'limit', ...right },
    ],
    rules
      .filter(({ limit }) => limit !== null)
      .map((rule) => [rule.rule, rule.unit, number(rule.used), number(rule.after), number(rule.limit)]),
    style,
  );
}
