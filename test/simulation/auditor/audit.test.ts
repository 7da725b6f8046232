import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { calm } from '../crash-matrix.ts';
import type { VenueEntry } from '../venue-log.ts';
import { World } from '../world.ts';
import { audit, type Claims, type Rules } from './audit.ts';
import type { JournalLine } from './journal-view.ts';

type Row = { [key: string]: unknown };

/** A whole story of a session in which all is well, and the auditor's words once a part of it is changed. */
let log: readonly VenueEntry[];
let lines: readonly JournalLine[];
let claims: Claims;
let rules: Rules;

const isPlace = (line: JournalLine): boolean => line.kind === 'intent' && line.text.includes('"request":"place"');
const isAccepted = (entry: VenueEntry): entry is VenueEntry & { what: 'answered' } =>
  entry.what === 'answered' && entry.method === 'POST' && entry.status === 200;
const rewritten = (isIt: (line: JournalLine) => boolean, change: (payload: Row) => void): readonly JournalLine[] => {
  const at = lines.findIndex(isIt);
  assert.ok(at >= 0);
  return lines.map((line, k) => {
    if (k !== at) return line;
    const payload = JSON.parse(line.text) as Row;
    change(payload);
    return { ...line, text: JSON.stringify(payload) };
  });
};
const finds = (
  pattern: RegExp,
  changed: { log?: readonly VenueEntry[]; lines?: readonly JournalLine[]; claims?: Claims; rules?: Rules },
): void => {
  const found = audit(changed.rules ?? rules, changed.log ?? log, changed.lines ?? lines, changed.claims ?? claims);
  assert.ok(
    found.some((each) => pattern.test(each)),
    `${pattern} is not among ${JSON.stringify(found)}`,
  );
};

describe('auditor', () => {
  before(async () => {
    const world = new World(8, { mix: calm('spot'), tradingMs: 200_000 });
    const { violations } = await world.run();
    assert.deepEqual(violations, []);
    ({ log } = world.exchange);
    ({ lines, rules } = world);
    claims = world.claims!;
  });

  test('a story in which all is well -> nothing to say', () => {
    assert.deepEqual(audit(rules, log, lines, claims), []);
    assert.ok(claims.position !== '' && log.some(isAccepted) && lines.some(isPlace));
  });

  test('an order without a record before it, or without an approval, or as another order -> I2', () => {
    finds(/^I2: .* leaves at .* durable at/, {
      lines: lines.map((line) => (isPlace(line) ? { ...line, tick: line.tick + 1_000_000 } : line)),
    });
    finds(/^I2: .* without an approval/, {
      lines: rewritten(isPlace, (payload) => {
        payload['verdict'] = { code: 'refused' };
      }),
    });
    finds(/^I2: .* leaves with quantity/, {
      lines: rewritten(isPlace, (payload) => {
        (payload['order'] as Row)['quantity'] = '0.9';
      }),
    });
    finds(/^I2: .* signed .* after its time/, {
      lines: rewritten(isPlace, (payload) => {
        payload['validUntilMs'] = Number(payload['validUntilMs']) - 60_000;
      }),
    });
  });

  test('a cancel without a record -> I2', () => {
    finds(/^I2: a cancel of/, {
      lines: lines
        .filter(({ text }) => !text.includes('"request":"cancel","reservation"'))
        .map((line, k) => ({ ...line, seq: k + 1 })),
    });
  });

  test('an order that is accepted twice, or sent twice -> I1, I3', () => {
    const accepted = log.find(isAccepted)!;
    finds(/^I1: .* accepted 2 times/, { log: [...log, accepted] });
    const left = log.find((entry) => entry.what === 'left' && entry.method === 'POST')!;
    finds(/^I3: .* sent 2 times/, { log: [...log, left] });
  });

  test('denied, and at the venue -> I4', () => {
    const order = String((JSON.parse(lines.find(isPlace)!.text) as Row)['clientOrderId']);
    const text = JSON.stringify({ type: 'absence-proven', order, evidence: null, atMs: 0 });
    finds(/^I4: /, { lines: [...lines, { ...lines.at(-1)!, seq: lines.length + 1, kind: 'outcome', text }] });
  });

  test('a trade that is told otherwise than it was made, or never -> I5', () => {
    const isFill = (line: JournalLine): boolean => line.text.includes('"type":"fill-told"');
    finds(/^I5: trade .* is told as/, {
      lines: rewritten(isFill, (payload) => {
        (payload['fill'] as Row)['fee'] = '0.00000001';
      }),
    });
    finds(/^I5: trade .* never told/, {
      lines: rewritten(isFill, (payload) => {
        payload['type'] = 'alarm-raised';
      }),
    });
    finds(/^I5: trade .* never made/, {
      lines: rewritten(isFill, (payload) => {
        (payload['fill'] as Row)['tradeId'] = '999999';
      }),
    });
  });

  test('a position or money that is off by the smallest unit -> I6', () => {
    finds(/^I6: fills sum to/, { claims: { ...claims, position: String(Number(claims.position) + 0.00001) } });
    const wallet = claims.postings.find(({ account, asset }) => account === 'wallet' && asset === 'USDT')!;
    const off = { ...wallet, amount: `${wallet.amount.split('.')[0]}.00000001` };
    finds(/^I6: postings of USDT/, {
      claims: { ...claims, postings: claims.postings.map((each) => (each === wallet ? off : each)) },
    });
    finds(/^I6: the books hold/, {
      claims: { ...claims, unbooked: [...claims.unbooked, ['USDT', '0.000000000000000001']] },
    });
    finds(/^I6: the venue holds/, { rules: { ...rules, deposits: { ...rules.deposits, USDT: '1' } } });
  });

  test('an order that rests and nobody knows, or the other way round; one that nobody settles -> I7, I20', () => {
    finds(/^I7: .* is believed open and does not rest/, {
      claims: { ...claims, openOrders: [...claims.openOrders, { order: 'simozza0', status: 'open' }] },
    });
    const statement = log.at(-1) as VenueEntry & { what: 'statement' };
    const { order } = JSON.parse(lines.find(isPlace)!.text) as { order: Row };
    const openOrders = [{ clientOrderId: String(order['clientOrderId']) }];
    finds(/^I7: .* rests and nobody knows it/, {
      log: [...log.slice(0, -1), { ...statement, openOrders }],
      claims: { ...claims, openOrders: [] },
    });
    finds(/^I20: .* still unknown/, { claims: { ...claims, openOrders: [{ order: 'simozza0', status: 'unknown' }] } });
    finds(/^I20: not ready/, { claims: { ...claims, notReady: 'because' } });
  });

  test('beyond the limits -> I9', () => {
    finds(/^I9: .* is of/, { rules: { ...rules, limits: { ...rules.limits, orderSizeLots: 1 } } });
    finds(/^I9: a position of/, { rules: { ...rules, limits: { ...rules.limits, positionLots: 1 } } });
  });

  test('an epoch that goes back, or a window that is too wide -> I11', () => {
    const places = lines.filter(isPlace);
    finds(/^I11: .* after epoch .* began to send/, {
      lines: rewritten(
        (line) => line === places[0],
        (payload) => {
          payload['epoch'] = 7;
        },
      ),
    });
    finds(/^I11: .* is valid for/, { rules: { ...rules, validityMs: 100 } });
  });

  test('asking while told to be silent -> I14', () => {
    const at = log.findIndex(({ what }) => what === 'left');
    const blocked: VenueEntry = { what: 'blocked', tick: 0, atMs: log[at]!.atMs, life: 1, forMs: 5_000 };
    finds(/^I14: /, { log: [...log.slice(0, at), blocked, ...log.slice(at)] });
  });
});
