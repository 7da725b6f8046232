import { useMemo, useState } from 'react';
import { useBook, useCurrentSession } from '../../desk/current-session.ts';
import { type FillLine, useFills } from '../../desk/fills.ts';
import { useMoment } from '../../desk/moment.ts';
import { useCommand } from '../../desk/use-command.ts';
import { money } from '../../format/numerals.ts';
import { ExportButton } from '../../parts/export-button.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';
import type { Trip } from '../../parts/price-chart/marks.ts';
import { PriceChart } from '../../parts/price-chart/price-chart.tsx';
import { BarsTable } from './bars-table.tsx';
import { useIndicators } from './indicator-choice.ts';
import { useOrderLines } from './order-lines.ts';
import { overlaysOf } from './overlays.ts';
import { ALL, type Source } from './source.ts';
import { useSeriesFrame } from './use-series-frame.ts';
import { useSessionFrame } from './use-session-frame.ts';

const FILLS = 10_000;
const GROUP = 'charts';
const NO_TRIPS: readonly Trip[] = [];

interface ChartPaneProps {
  readonly source: Source;
  readonly timeframe: string;
  readonly height: number;
  readonly isActive: boolean;
  readonly isTable: boolean;
  readonly isMovable: boolean;
  /** Series only: bars before that time. */
  readonly until: string | null;
  readonly chosenFill: FillLine | null;
  /** Round trips of a run. */
  readonly trips?: readonly Trip[];
  readonly onActive: () => void;
  readonly onTimeframe: (timeframe: string) => void;
  readonly onFill: (fill: number) => void;
}

/** One chart: its bars, what was traded on them, what waits. */
export function ChartPane(props: ChartPaneProps) {
  const { source, timeframe, height, isActive, isTable, isMovable, until, chosenFill, trips = NO_TRIPS } = props;
  const { onActive, onTimeframe, onFill } = props;
  const indicators = useIndicators();
  const current = useCurrentSession();
  const { at } = useMoment();
  const isSession = source.kind === 'session';
  const own = useSessionFrame(
    isSession ? { session: source.session, symbol: source.symbol, timeframe } : null,
    indicators,
  );
  const stored = useSeriesFrame(
    source.kind === 'series' ? { venue: source.venue, symbol: source.symbol, to: source.to, timeframe, until } : null,
    indicators,
  );
  const { view, instrument, tick, older, newer } = isSession ? own : stored;
  const [hovered, setHovered] = useState<string | null>(null);
  const fills = useFills(FILLS);
  const ofInstrument = useMemo(
    () => (fills.phase === 'there' && isSession ? fills.data.filter((fill) => fill.instrument === instrument) : []),
    [fills, instrument, isSession],
  );
  const marks = useMemo(
    () =>
      ofInstrument.map(({ fill, time, price, side }) => ({
        id: String(fill),
        timeS: Date.parse(time) / 1000,
        price: Number(price),
        side,
      })),
    [ofInstrument],
  );
  const chosen = useMemo(
    () => new Set([hovered, chosenFill === null ? null : String(chosenFill.fill)].filter((id) => id !== null)),
    [hovered, chosenFill],
  );
  const focus = useMemo(() => {
    if (chosenFill === null) return null;
    const timeS = Date.parse(chosenFill.time) / 1000;
    return { fromS: timeS, toS: timeS };
  }, [chosenFill]);
  const data = view.phase === 'there' ? view.data : null;
  const overlays = useMemo(() => (data === null ? [] : overlaysOf(data)), [data]);
  const [turn, setTurn] = useState(0);
  const canMove = isSession && isMovable && tick !== null && at === null && current?.running === true;
  const lines = useOrderLines(isSession ? instrument : null, canMove, turn);
  const book = useBook();
  const amend = useCommand('order amend', { done: ({ order }) => `${order} is asked to be amended.` });
  const move = async (order: string, price: string): Promise<void> => {
    const known = book.phase === 'there' ? book.data.book?.openOrders.find((each) => each.order === order) : undefined;
    const isMoved = known !== undefined && Number(price) !== Number(known.limit ?? known.trigger);
    const output = isMoved
      ? await amend.run({ order, price, session: current!.session, reason: 'moved on the chart' })
      : null;
    // What was refused, or not moved at all, goes back to where it is.
    if (output === null) setTurn((known) => known + 1);
  };
  const about = ofInstrument.find(({ fill }) => String(fill) === hovered);
  const name = `${source.symbol} ${timeframe}`;
  return (
    <div onFocusCapture={onActive} onPointerDownCapture={onActive} className="min-w-0">
      <Panel
        title={name}
        unit={isSession ? `session ${source.session}` : `catalogue, ${source.venue}`}
        isFlush
        className={isActive ? 'border-accent/70' : ''}
        actions={
          <>
            <fieldset aria-label="Timeframe" className="flex flex-wrap">
              {source.timeframes.map((each, k) => (
                <button
                  key={each}
                  type="button"
                  aria-pressed={each === timeframe}
                  title={`${each === ALL ? 'The whole period in wide bars' : each}: key ${k + 1}`}
                  className={`min-h-6 min-w-7 rounded px-1.5 text-xs ${each === timeframe ? 'bg-accent/20 font-semibold text-text' : 'text-soft hover:text-text'}`}
                  onClick={() => onTimeframe(each)}
                >
                  {each}
                </button>
              ))}
            </fieldset>
            <ExportButton name={`${source.symbol}-${timeframe}`} rows={data?.bars ?? []} />
          </>
        }
      >
        <Shown
          view={view}
          lines={12}
          isEmpty={({ bars }) => bars.length === 0}
          empty={isSession ? 'No bar yet: the first one comes when it closes.' : 'There are no bars in this period.'}
        >
          {(frame) =>
            isTable ? (
              <BarsTable frame={frame} label={`Bars of ${name}`} height={height} />
            ) : (
              <PriceChart
                // Bars of another market or timeframe are another chart, whatever their times.
                key={`${source.kind} ${isSession ? source.session : source.venue} ${name}`}
                bars={frame.bars}
                tick={tick}
                label={`${name}, ${marks.length} fills`}
                height={height}
                marks={marks}
                trips={trips}
                chosen={chosen}
                focus={focus}
                overlays={overlays}
                lines={lines}
                hasVolume
                cursorGroup={GROUP}
                onHover={setHovered}
                onPick={(id) => {
                  if (/^\d+$/.test(id) && isSession) onFill(Number(id));
                }}
                onMoved={(order, price) => void move(order, price)}
                onOldest={older}
                onNewest={newer}
                legend={
                  about === undefined ? null : (
                    <span className="text-text">
                      fill {about.fill}: {about.side} {about.quantity} at {about.price}, profit{' '}
                      {money(about.profit, { isSigned: true })} · {about.why}
                    </span>
                  )
                }
              />
            )
          }
        </Shown>
      </Panel>
    </div>
  );
}
