import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { jsonSchema } from '../../src/api/json-schema.ts';
import { OPERATION_IDS, operationOf } from '../../src/api/operations/table.ts';

/**
 * What is ordered, filled or booked is exact, and told as decimal text; instants are RFC 3339. A number in an answer is one of these, by its
 * name: a new one has to be put where it belongs, so that no double slips into money.
 */
const COUNTS = new Set(
  [
    'accounts added answered bars barsPerSecond canceled corrected count different epoch errors event events expected fetched fill fills',
    'gaps inputs inserted keys known late merged messages missing missingBars n openOrders orders ordersDiffering ordersLeft',
    'parameterSets positions positionsLeft reconnects record recorded records replaced requests restarts row rows same seed seq',
    'settledBars sockets statesVerified total trades unchanged underWay unknownOrders waits warmUpBars warnings',
    'line causedBy causes after heard lost ordersFound sessions users beats raised delivered rules waiting dead pending id alert',
    'priority attempt attempts done skipped others',
  ].flatMap((line) => line.split(' ')),
);
/** Lengths of time; an instant is never a number. */
const DURATIONS = new Set([
  'ageMs',
  'clockSkewMs',
  'clockUncertaintyMs',
  'retryInMs',
  'waitedMs',
  'seconds',
  'silentMs',
  'elapsedMs',
  'dedupeMinutes',
  'escalateAfterMinutes',
  'etaSeconds',
  'everySeconds',
  'latencyMs',
]);
/** Reckoned with prices or of statistics: doubles inside, and doubles here. */
const RECKONED = new Set(
  [
    'averagePrice cash equity profit fees drawdown exposure unrealized value coverage totalReturn maxDrawdown rate used limit allowed',
    'default min max step difference a b fundingRate headroom peak dayStartEquity dayProfit sparkline values ratePerS',
  ].flatMap((line) => line.split(' ')),
);
/** Market data as it was heard, which is drawn and reckoned with and never booked. `data bars` and `quote` tell decimals. */
const HEARD =
  /^(?:watch~?\.|latest\.|why\.input\.|[a-z-]+~?\.(?:\w+(?:\[\])?\.)*(?:positions|feed)\[\]\.price$|\w+\.(?:\w+\.)*bars\[\]\.|(?:session-bars~?\.(?:bars|forming)|data-bars\.columns)\.)/;

/** Figures of reports, a report's columns with their instants, and averages that parity compares. */
const REPORTED = /^runs-result\.|^(?:demo|backtest)\.(?:metrics|costs|byStrategy)\[\]\.|^parity\.orders\[\]\./;

interface Shape {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
}

/** Every number of a schema, by its path. */
function* numbersOf(shape: Shape, path: string): Generator<string> {
  if ([shape.type].flat().some((type) => type === 'number' || type === 'integer')) yield path;
  for (const each of shape.anyOf ?? []) yield* numbersOf(each, path);
  if (shape.items !== undefined) yield* numbersOf(shape.items, `${path}[]`);
  for (const [name, below] of Object.entries(shape.properties ?? {})) yield* numbersOf(below, `${path}.${name}`);
}

const nameOf = (path: string): string => /(\w+)(?:\[\])*$/.exec(path)![1]!;

const numbers = OPERATION_IDS.flatMap((id) => {
  const { output, update } = operationOf(id);
  const told = [...numbersOf(jsonSchema(output, 'output') as Shape, id)];
  return update === undefined ? told : [...told, ...numbersOf(jsonSchema(update, 'output') as Shape, `${id}~`)];
});

describe('what answers are made of', () => {
  test('numbers -> counts, lengths of time, what is reckoned, or market data: nothing that was ordered, filled or booked', () => {
    const others = numbers.filter((path) => {
      const name = nameOf(path);
      return (
        !COUNTS.has(name) && !DURATIONS.has(name) && !RECKONED.has(name) && !HEARD.test(path) && !REPORTED.test(path)
      );
    });
    assert.deepEqual([...new Set(others)], []);
    const names = new Set(numbers.map(nameOf));
    assert.deepEqual(
      [...COUNTS, ...DURATIONS, ...RECKONED].filter((name) => !names.has(name)),
      [],
      'names that no answer has',
    );
  });

  test('orders, fills, balances, bars and quotes -> decimals as text', () => {
    for (const path of ['order-show.order.quantity', 'fills.fills[].price', 'balances.balances[].amount'])
      assert.ok(!numbers.includes(path), path);
    for (const path of numbers)
      assert.doesNotMatch(
        path,
        /^(?:data-bars|quote|order-\w+|orders|fills)\b.*\.(?:open|close|price|bid|ask|quantity|filled|limit|trigger|fee|profit)$/,
      );
  });
});
