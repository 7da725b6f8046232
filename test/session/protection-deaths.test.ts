import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isTerminal, STATUS } from '../../src/core/vocabulary/order.ts';
import type { ExchangeGateway } from '../../src/ports/exchange-gateway.ts';
import { intercepted, type Life, LiveScene } from './live-scene.ts';
import { alarms, orders, type Puppet, position, puppet } from './puppet.ts';

const why = 'test';
const entry = { size: { qty: 0.1 }, limit: 94_000, stop: { pct: 0.05 }, target: { pct: 0.05 }, why };

type Death =
  /** The process dies when an input is durable, before what follows from it is. */
  | 'unsent'
  /** The process dies when the request is durable, before it leaves. */
  | 'before'
  /** The process dies when the venue has done it, before the answer is heard. */
  | 'after'
  /** The request is lost on its way, and nobody says so. */
  | 'lost'
  /** The venue does it, and its answer is lost. */
  | 'lost-after';

/** A gateway whose `at`-th change goes wrong. `dies` is called where the process ends with it. */
function mortal(
  gateway: ExchangeGateway,
  at: number,
  death: Death,
  dies: () => void,
  met: () => void,
): ExchangeGateway {
  if (death === 'unsent') return gateway;
  let changes = 0;
  const never = new Promise<never>(() => undefined);
  const unknown = { outcome: 'unknown', code: 'timeout', message: 'no answer' } as const;
  const change = async <T>(send: () => Promise<T>): Promise<T> => {
    if (changes++ !== at) return send();
    met();
    if (death === 'before' || death === 'after') dies();
    if (death === 'after' || death === 'lost-after') await send();
    return death === 'before' || death === 'after' ? never : (unknown as T);
  };
  return intercepted(gateway, {
    place: (order) => change(() => gateway.place(order)),
    placePair: (stop, target) => change(() => gateway.placePair(stop, target)),
    cancel: (symbol, id) => change(() => gateway.cancel(symbol, id)),
  });
}

interface Story {
  readonly name: string;
  readonly act: (bar: number, c: Puppet) => unknown;
  /** What happens at the venue before each bar closes. */
  readonly happens: readonly ((scene: LiveScene) => void)[];
  /** Closes of the bars. */
  readonly closes: readonly number[];
}

const enters = (bar: number, c: Puppet): unknown => bar === 0 && c.buy(entry);
const STORIES: readonly Story[] = [
  {
    name: 'an entry in parts, then an exit',
    act: (bar, c) => (bar === 3 ? c.close('enough') : enters(bar, c)),
    happens: [() => {}, (s) => s.trade('sell', 94_000, 0.04), (s) => s.trade('sell', 94_000, 0.06), () => {}, () => {}],
    closes: [95_000, 94_500, 95_000, 95_000, 95_000],
  },
  {
    name: 'a target that fills in part, then its stop',
    act: enters,
    happens: [() => {}, (s) => s.trade('sell', 94_000, 0.1), (s) => s.trade('buy', 99_000, 0.04), () => {}, () => {}],
    closes: [95_000, 94_500, 95_000, 95_000, 89_000],
  },
  {
    name: 'a pair that is refused, then its target',
    act: enters,
    happens: [
      () => {},
      (s) => {
        s.trade('sell', 94_000, 0.1);
        s.venue.moveTo('99000');
      },
      () => {},
      () => {},
    ],
    closes: [95_000, 98_000, 99_000, 99_000],
  },
];

interface Lived {
  readonly scene: LiveScene;
  readonly life: Life;
  /** Whether the story had an `at`-th change. */
  readonly isMet: boolean;
}

async function live(story: Story, at: number, death: Death): Promise<Lived> {
  let isDead = false;
  let isMet = false;
  let current: Life | null = null;
  let lives = 0;
  const strategy = puppet(story.act);
  const die = (): void => {
    isMet = true;
    isDead = true;
    current!.kill();
  };
  const scene: LiveScene = new LiveScene({
    balances: { USDT: '200000' },
    wrap: (gateway) =>
      lives++ > 0
        ? gateway
        : mortal(gateway, at, death, die, () => {
            isMet = true;
          }),
  });
  let life = await scene.start(strategy);
  current = life;
  if (death === 'unsent') {
    let batches = 0;
    const { account } = life;
    const send = account.send.bind(account);
    account.send = (requests) => (isDead || batches++ === at ? die() : send(requests));
  }
  for (const [k, close] of story.closes.entries()) {
    if (k > 0) scene.venue.moveTo(String(story.closes[k - 1]));
    story.happens[k]!(scene);
    await scene.venue.pass(20_000);
    if (isDead && lives === 1) life = await scene.start(strategy);
    await scene.venue.pass(5_000);
    await scene.bar(life, close);
    if (isDead && lives === 1) life = await scene.start(strategy);
  }
  await scene.venue.pass(90_000);
  return { scene, life, isMet };
}

/** What is protected and what rests is the same, here and there. */
async function assertProtected({ scene, life }: Lived, arrives: boolean): Promise<void> {
  assert.equal(life.session.fault, null);
  const { state, reports } = life.core.engine;
  const { status } = state.orders.column;
  const told = orders(life).join(', ');
  assert.equal(reports.brackets.naked(0), 0, told);
  const open = await scene.venue.run(life.gateway.openOrders(scene.venue.symbol));
  const ours = Array.from({ length: state.orders.count }, (_, row) => row).filter(
    (row) => !isTerminal(status[row]!) && status[row] !== STATUS.held,
  );
  assert.equal(open.length, ours.length, told);
  if (position(life) !== '0')
    assert.ok(open.some(({ type, quantity }) => type === 'stop-market' && Number(quantity) === Number(position(life))));
  assert.equal(life.side.account.isAgreed, true, told);
  const heard = alarms(life).filter((text) => /stop|refused|rejected|holds|does not know it/.test(text));
  // What never arrived is missed until that is proven; people are told, and no more.
  const expected = arrives ? /^$/ : /have been without their stop for 5 s|never accepted: proven absent/;
  for (const text of heard) assert.match(text, expected, told);
}

for (const story of STORIES)
  describe(`${story.name}, when something goes wrong at any step`, () => {
    for (const death of ['unsent', 'before', 'after', 'lost', 'lost-after'] as const)
      test(`${death}: at each change in turn -> protected, as the venue holds it`, async () => {
        let at = 0;
        for (let isMet = true; isMet; at++) {
          const lived = await live(story, at, death);
          isMet = lived.isMet;
          await assertProtected(lived, death === 'after' || death === 'lost-after');
        }
        assert.ok(at > 4, `only ${at - 1} changes`);
      });
  });
