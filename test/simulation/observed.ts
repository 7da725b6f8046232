import type { KeptRecord } from './disk.ts';
import type { Life } from './life.ts';
import type { RareEvents } from './rare-events.ts';
import type { VenueEntry } from './venue-log.ts';

type Row = { readonly [key: string]: unknown };

interface Story {
  readonly life: number;
  isUnknown: boolean;
  isCanceling: boolean;
  isEnded: boolean;
  answered: boolean;
}

/** Counts what befell the orders of a session, as its journal tells it, and what the venue has seen of it. */
export function countObserved(
  records: readonly KeptRecord[],
  log: readonly VenueEntry[],
  lives: readonly Life[],
  alarms: readonly string[],
  rare: RareEvents,
): void {
  const stories = new Map<string, Story>();
  let newestTrade = 0;
  for (const { kind, text, life } of records) {
    const payload = JSON.parse(text) as Row;
    if (kind === 'intent') countIntent(payload, life, stories, rare);
    else if (kind === 'outcome') {
      if (payload['type'] === 'fill-told') {
        const id = Number((payload['fill'] as Row)['tradeId']);
        if (id < newestTrade) rare.count('trade: told after a later one');
        newestTrade = Math.max(newestTrade, id);
      }
      if (payload['type'] === 'funding-told' && payload['id'] !== undefined)
        rare.count('account: funding told by the history of the venue');
      countOutcome(payload, life, stories, rare);
    }
  }
  for (const entry of log) {
    if (entry.what === 'event' && (entry.event as Row)['e'] === 'ACCOUNT_UPDATE')
      if (((entry.event as Row)['a'] as Row)['m'] === 'FUNDING_FEE') rare.count('account: funding paid');
    if (entry.what !== 'answered' || entry.life < 0 || entry.status !== 200) continue;
    if (lives[entry.life - 1]?.diedTick !== null && (lives[entry.life - 1]?.diedTick ?? Infinity) < entry.tick)
      rare.count('venue: carried out what a dead process had sent');
  }
  for (const { isFromSnapshot, replayed, unsent, pending } of lives) {
    if (isFromSnapshot) rare.count('start: from a snapshot');
    if (replayed > 0) rare.count('start: after others, from their journal');
    if (unsent > 0) rare.count('start: requests that were never durable');
    if (pending > 0) rare.count('start: orders without an answer');
  }
  for (const [pattern, name] of ALARMS) if (alarms.some((each) => pattern.test(each))) rare.count(name);
}

const ALARMS: readonly (readonly [RegExp, string])[] = [
  [/the venue holds/, 'alarm: the venue holds something else'],
  [/trade that is not of this session/, 'alarm: a stranger trades'],
  [/order that is not of this session/, 'alarm: a stranger has an order'],
  [/nobody knows what became/, 'alarm: nobody knows for a minute'],
  [/is open and the venue does not know it/, 'alarm: an open order is not known any more'],
  [/stream was interrupted/, 'stream: interrupted and asked for'],
  [/account stream: malformed/, 'stream: told of as unreadable'],
  [/could not be asked/, 'reconciliation: broken off and tried again'],
];

function countIntent(payload: Row, life: number, stories: Map<string, Story>, rare: RareEvents): void {
  const order = String(payload['clientOrderId']);
  const { again, foreign } = payload['verdict'] as Row;
  if (payload['request'] === 'place')
    stories.set(order, { life, isUnknown: false, isCanceling: false, isEnded: false, answered: false });
  else {
    const story = stories.get(order);
    if (story) story.isCanceling = true;
    if (again === true) rare.count('cancel: lost and asked again');
    if (foreign === true) rare.count("cancel: of a stranger's order");
    if (story && story.life !== life) rare.count('cancel: of an order of a dead process');
  }
}

function countOutcome(payload: Row, life: number, stories: Map<string, Story>, rare: RareEvents): void {
  const told = (payload['order'] ?? payload['fill']) as Row | string | undefined;
  const id = typeof told === 'string' ? told : String(told?.['clientOrderId']);
  const story = stories.get(id);
  if (story === undefined) return;
  const settle = (how: string): void => {
    if (story.isUnknown) rare.count(`order: unknown, then ${how}`);
    if (!story.answered && story.life !== life) rare.count(`order: left by a dead process, then ${how}`);
    story.isUnknown = false;
    story.answered = true;
  };
  if (payload['type'] === 'request-answered') {
    const outcome = String(payload['outcome']);
    if (payload['request'] === 'cancel') {
      rare.count(`cancel: ${outcome}`);
      if (outcome === 'not-sent' && /^(?:late|taken|released)$/.test(String(payload['message'])))
        rare.count('fence: nothing is sent once the lease is lost');
      return;
    }
    rare.count(`order: ${outcome}`);
    if (outcome === 'not-sent' && /^(?:late|taken|released)$/.test(String(payload['message'])))
      rare.count('fence: nothing is sent once the lease is lost');
    if (/time was over/.test(String(payload['message']))) rare.count('order: too old to be sent');
    if (outcome === 'unknown') story.isUnknown = true;
    else settle(outcome);
  } else if (payload['type'] === 'absence-proven') settle('proved absent');
  else if (payload['type'] === 'fill-told') {
    if (!story.answered) rare.count('order: filled before its acknowledgement');
    if (story.isCanceling) rare.count('order: filled while its cancel is on its way');
    if (story.isEnded) rare.count('order: filled after it was said to have ended');
    settle('filled');
  } else if (payload['type'] === 'order-told') {
    const row = told as Row;
    const status = String(row['status']);
    if (status !== 'open' && status !== 'filled') story.isEnded = true;
    if (status === 'canceled' && row['filledQuantity'] !== '0') rare.count('order: canceled with a part filled');
    if (status === 'expired') rare.count('order: expired at the venue');
    settle(`found ${status}`);
  }
}
