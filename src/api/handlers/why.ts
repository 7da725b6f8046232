import { formatTime } from '../../core/vocabulary/time.ts';
import type { JournalRecord } from '../../ports/journal.ts';
import type { SessionCore } from '../../session/session-core.ts';
import type { FeedBar, SessionInput } from '../../session/session-input.ts';
import { fillOf, orderOf } from '../../session/session-view.ts';
import { CauseWatch, chainOf, inputOf } from '../../session/why-filled.ts';
import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';
import type { World } from '../world.ts';
import { fillLine, orderLine } from './book-of.ts';
import { eventLineOf } from './event-lines.ts';
import type { ReadSession } from './session-reader.ts';
import { readAlone, withSession } from './shared-sessions.ts';

/** Replays the journal twice: to its end, and again up to the order, watching what led to it. */
export function why(input: Input<'why'>, world: World): Promise<Output<'why'>> {
  return withSession({ session: input.session }, world, ({ read }) => whyOf(input, read, world));
}

async function whyOf(input: Input<'why'>, known: ReadSession, world: World): Promise<Output<'why'>> {
  const { core, name } = known;
  const { count } = core.engine.state.fills;
  const fill = input.fill === 'last' ? count - 1 : Number(input.fill);
  if (fill < 0 || fill >= count)
    throw new Failure(
      'fill-unknown',
      `session ${name} has ${count === 0 ? 'no fills yet' : `fills 0 to ${count - 1}`}`,
      {
        details: { field: 'fill', found: input.fill },
      },
    );
  const chain = chainOf(core, fill);
  const watch = new CauseWatch(chain);
  await readAlone(known, world, {
    prepare: (again) => watch.prepare(again),
    goesOn: (record) => watch.look(record),
  });
  const { record, indicators, rules } = watch.seen;
  return {
    session: name,
    fill: fillLine(fillOf(core, fill)),
    input: record === null ? null : inputLine(core, record),
    indicators: [...indicators],
    signal: chain.signal < 0 ? null : eventLineOf(core, chain.signal),
    rules: rules === null ? null : [...rules],
    order: orderLine(orderOf(core, chain.order)),
    reports: chain.reports.map((seq) => eventLineOf(core, seq)),
    position: chain.position < 0 ? null : eventLineOf(core, chain.position),
    causes: [...chain.causes],
  };
}

function commandLine({ command, actor }: SessionInput & { readonly type: 'command-given' }) {
  const { type, reason } = command;
  const given = type === 'give-value' ? { source: command.source, value: command.value } : {};
  return { type, reason, actor: actor ?? null, ...given };
}

function inputLine({ engine: { feeds } }: SessionCore, record: JournalRecord): Output<'why'>['input'] {
  const input = inputOf(record) as SessionInput;
  const barLine = ([feed, openTimeMs, open, high, low, close, volume]: FeedBar) => ({
    ...{ symbol: feeds[feed]!.symbol, timeframe: feeds[feed]!.timeframe.text, opened: formatTime(openTimeMs) },
    ...{ open, high, low, close, volume },
  });
  return {
    ...{ record: record.seq, type: input.type },
    bars: input.type === 'instant-ended' ? input.bars.map(barLine) : [],
    trade:
      input.type === 'trade-received'
        ? {
            ...{ symbol: feeds[input.feed]!.symbol, time: formatTime(input.timeMs) },
            ...{ price: input.price, quantity: input.quantity },
          }
        : null,
    command: input.type === 'command-given' ? commandLine(input) : null,
  };
}
