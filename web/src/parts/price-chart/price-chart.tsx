import {
  type AutoscaleInfo,
  type CandlestickData,
  CandlestickSeries,
  CrosshairMode,
  createChart,
  type HistogramData,
  HistogramSeries,
  LineSeries,
  LineStyle,
  type MouseEventParams,
  type UTCTimestamp,
} from 'lightweight-charts';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { price, quantity } from '../../format/numerals.ts';
import { timeText } from '../../format/times.ts';
import { colourOf, useAppearance, useColours } from '../../theme/appearance.ts';
import { joinCursors } from './cursor-groups.ts';
import { dragLines } from './drag-lines.ts';
import { indexAt, Marks } from './marks.ts';
import { scaleOf } from './scale.ts';
import type { Drawn, LevelLine, PriceBar, PriceChartProps } from './shape.ts';

const NONE: readonly never[] = [];
const NOTHING: ReadonlySet<string> = new Set();
const NEAR_EDGE_BARS = 50;
/** So many are added one by one; more of them at once are drawn anew. */
const FEW_BARS = 500;

const at = (timeS: number): UTCTimestamp => timeS as UTCTimestamp;
/** What is pointed at of what {@link Marks} has drawn. */
const nameOf = ({ hoveredObjectId: id }: MouseEventParams): string | null => (typeof id === 'string' ? id : null);
const candle = ({ timeS, open, high, low, close }: PriceBar): CandlestickData => ({
  time: at(timeS),
  open,
  high,
  low,
  close,
});
/** A colour that lets through what is behind it; the library reads hexadecimal ones. */
const sheer = (token: string, percent: number): string =>
  `${colourOf(token)}${Math.round(percent * 2.55)
    .toString(16)
    .padStart(2, '0')}`;

/** Whether bars are those that are drawn, of which only the last has changed, with few more. Others may have the same times: they are other objects. */
function goesOn(drawn: readonly PriceBar[], bars: readonly PriceBar[]): boolean {
  const last = drawn.length - 2;
  return (
    last >= 0 &&
    bars.length >= drawn.length &&
    bars.length - drawn.length < FEW_BARS &&
    bars[0] === drawn[0] &&
    bars[last] === drawn[last]
  );
}

/** Bars of a market with what was traded on them. Arrow keys go from bar to bar and say each. */
export function PriceChart(props: PriceChartProps) {
  const { bars, label, height, marks = NONE, trips = NONE, chosen = NOTHING, overlays = NONE, lines = NONE } = props;
  const { tick = null, cursorGroup, focus = null, hasVolume = false, legend } = props;
  const place = useRef<HTMLDivElement>(null);
  const drawn = useRef<Drawn | null>(null);
  const known = useRef<readonly PriceBar[]>(NONE);
  const drawnOverlays = useRef(new Map<string, { readonly series: object; readonly bars: readonly PriceBar[] }>());
  const latest = useRef(props);
  latest.current = props;
  const { clock } = useAppearance();
  const colours = useColours();
  const [cursor, setCursor] = useState<number | null>(null);
  const timesS = useMemo(() => bars.map(({ timeS }) => timeS), [bars]);
  const times = useRef(timesS);
  times.current = timesS;
  const { priceText, priceFormat, paneFormat } = scaleOf(tick, bars.at(-1)?.close ?? null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a chart is made anew where its colours change, and told its data below.
  useEffect(() => {
    const element = place.current!;
    const written = (time: unknown): string => timeText(Number(time) * 1000, clock);
    const chart = createChart(element, {
      autoSize: true,
      layout: {
        background: { color: 'transparent' },
        textColor: colourOf('soft'),
        fontSize: 11,
        attributionLogo: true,
        panes: { separatorColor: colourOf('line'), separatorHoverColor: sheer('accent', 30) },
      },
      grid: { vertLines: { color: colourOf('line') }, horzLines: { color: colourOf('line') } },
      crosshair: { mode: CrosshairMode.Normal },
      rightPriceScale: { borderColor: colourOf('line') },
      timeScale: {
        borderColor: colourOf('line'),
        timeVisible: true,
        secondsVisible: true,
        tickMarkFormatter: (time: unknown, kind: number) => {
          const text = written(time);
          return kind <= 0
            ? text.slice(0, 4)
            : kind === 1
              ? text.slice(0, 7)
              : kind === 2
                ? text.slice(5, 10)
                : kind === 3
                  ? text.slice(11, 16)
                  : text.slice(11);
        },
      },
      localization: { timeFormatter: written },
    });
    const candles = chart.addSeries(CandlestickSeries, {
      upColor: 'transparent',
      downColor: colourOf('down'),
      borderUpColor: colourOf('up'),
      borderDownColor: colourOf('down'),
      wickUpColor: colourOf('up'),
      wickDownColor: colourOf('down'),
      autoscaleInfoProvider: (original: () => AutoscaleInfo | null) =>
        withLevels(original(), latest.current.lines ?? NONE),
    });
    const volume = hasVolume
      ? chart.addSeries(HistogramSeries, {
          priceFormat: { type: 'volume' },
          priceScaleId: '',
          lastValueVisible: false,
          priceLineVisible: false,
        })
      : null;
    // Volume has the bottom to itself.
    candles.priceScale().applyOptions({ scaleMargins: { top: 0.08, bottom: hasVolume ? 0.22 : 0.08 } });
    volume?.priceScale().applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } });
    const primitive = new Marks();
    candles.attachPrimitive(primitive);
    const made: Drawn = { chart, candles, volume, marks: primitive, overlays: new Map(), lines: new Map() };
    drawn.current = made;
    known.current = NONE;

    const group =
      cursorGroup === undefined
        ? null
        : joinCursors(cursorGroup, (timeS, level) => {
            const index = timeS === null ? -1 : indexAt(times.current, timeS);
            const bar = latest.current.bars[index];
            const range = chart.timeScale().getVisibleLogicalRange();
            const isInView = range !== null && index >= range.from && index <= range.to;
            if (bar === undefined || !isInView) chart.clearCrosshairPosition();
            else chart.setCrosshairPosition(level ?? bar.close, at(bar.timeS), candles);
            setCursor(bar === undefined ? null : index);
          });
    const moved = (event: MouseEventParams): void => {
      const index = event.logical === undefined ? -1 : Math.round(event.logical);
      const isThere = event.point !== undefined && latest.current.bars[index] !== undefined;
      setCursor(isThere ? index : null);
      latest.current.onHover?.(nameOf(event));
      // What was set from outside is not told on.
      if (event.sourceEvent !== undefined || event.point === undefined)
        group?.tell(
          isThere ? latest.current.bars[index]!.timeS : null,
          event.point === undefined ? null : candles.coordinateToPrice(event.point.y),
        );
    };
    const clicked = (event: MouseEventParams): void => {
      const id = nameOf(event);
      if (id !== null) latest.current.onPick?.(id);
    };
    chart.subscribeCrosshairMove(moved);
    chart.subscribeClick(clicked);
    chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
      if (range === null || known.current.length === 0) return;
      if (range.from < NEAR_EDGE_BARS) latest.current.onOldest?.();
      if (range.to > known.current.length - NEAR_EDGE_BARS) latest.current.onNewest?.();
    });
    const ends = dragLines(element, made, latest);
    return () => {
      ends();
      group?.leave();
      chart.remove();
      drawn.current = null;
    };
  }, [colours, clock, cursorGroup, hasVolume]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a chart that was made anew has nothing yet.
  useEffect(() => {
    const { candles, volume, chart } = drawn.current!;
    const before = known.current;
    known.current = bars;
    const bar = (each: PriceBar): HistogramData => ({
      time: at(each.timeS),
      value: each.volume ?? 0,
      color: sheer(each.close >= each.open ? 'up' : 'down', 45),
    });
    if (goesOn(before, bars)) {
      for (const each of bars.slice(before.length - 1)) {
        candles.update(candle(each));
        volume?.update(bar(each));
      }
      return;
    }
    const inView = before.length === 0 ? null : chart.timeScale().getVisibleRange();
    candles.setData(bars.map(candle));
    volume?.setData(bars.map(bar));
    const isThereStill =
      inView !== null &&
      bars.length > 0 &&
      Number(inView.from) >= bars[0]!.timeS &&
      Number(inView.to) <= bars.at(-1)!.timeS;
    if (isThereStill) chart.timeScale().setVisibleRange(inView);
    if (!isThereStill && bars.length > 0) {
      const shown = Math.min(bars.length, Math.max(60, Math.floor(chart.timeScale().width() / 7)));
      chart.timeScale().setVisibleLogicalRange({ from: bars.length - shown, to: bars.length + 4 });
    }
  }, [bars, colours, clock, cursorGroup, hasVolume]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: as above.
  useEffect(() => {
    const { candles } = drawn.current!;
    candles.applyOptions({ priceFormat });
  }, [priceFormat, colours, clock, cursorGroup, hasVolume]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: as above.
  useEffect(() => {
    drawn.current!.marks.show(timesS, marks, trips, chosen);
  }, [timesS, marks, trips, chosen, colours, clock, cursorGroup, hasVolume]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: as above.
  useEffect(() => {
    const { chart, overlays: there } = drawn.current!;
    for (const [id, series] of there)
      if (!overlays.some((each) => each.id === id)) {
        chart.removeSeries(series);
        there.delete(id);
      }
    for (const { id, name, token, pane, values } of overlays) {
      let series = there.get(id);
      if (series === undefined) {
        series = chart.addSeries(
          LineSeries,
          {
            color: colourOf(token),
            lineWidth: 2,
            title: '',
            priceLineVisible: false,
            lastValueVisible: pane > 0,
            crosshairMarkerVisible: false,
          },
          pane,
        );
        there.set(id, series);
      }
      series.applyOptions({
        ...{ color: colourOf(token), title: pane > 0 ? name : '' },
        priceFormat: pane > 0 ? paneFormat : priceFormat,
      });
      const point = (k: number) => {
        const value = values[k] ?? null;
        const time = at(bars[k]!.timeS);
        return value === null ? { time } : { time, value };
      };
      const before = drawnOverlays.current.get(id);
      if (before?.series === series && goesOn(before.bars, bars))
        for (let k = before.bars.length - 1; k < bars.length; k++) series.update(point(k));
      else series.setData(bars.map((_bar, k) => point(k)));
      drawnOverlays.current.set(id, { series, bars });
    }
  }, [overlays, bars, priceFormat, paneFormat, colours, clock, cursorGroup, hasVolume]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: as above.
  useEffect(() => {
    const { candles, lines: there } = drawn.current!;
    for (const line of there.values()) candles.removePriceLine(line);
    there.clear();
    for (const { id, price, title, token } of lines)
      there.set(
        id,
        candles.createPriceLine({
          price,
          title,
          color: colourOf(token),
          lineWidth: 1,
          lineStyle: LineStyle.Dashed,
          axisLabelVisible: true,
        }),
      );
  }, [lines, colours, clock, cursorGroup, hasVolume]);

  useEffect(() => {
    if (focus === null) return;
    const from = indexAt(times.current, focus.fromS);
    const to = indexAt(times.current, focus.toS);
    const room = Math.max(20, (to - from) * 0.6);
    drawn.current!.chart.timeScale().setVisibleLogicalRange({ from: from - room, to: to + room });
  }, [focus]);

  const shown = cursor === null ? bars.at(-1) : bars[cursor];
  const step = (event: KeyboardEvent): void => {
    const way = { ArrowLeft: -1, ArrowRight: 1, Home: -Number.MAX_SAFE_INTEGER, End: Number.MAX_SAFE_INTEGER }[
      event.key
    ];
    if (way === undefined || bars.length === 0) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(bars.length - 1, (cursor ?? bars.length) + way));
    const { chart, candles } = drawn.current!;
    const bar = bars[next]!;
    const range = chart.timeScale().getVisibleLogicalRange();
    if (range !== null && (next < range.from || next > range.to)) {
      const half = (range.to - range.from) / 2;
      chart.timeScale().setVisibleLogicalRange({ from: next - half, to: next + half });
    }
    chart.setCrosshairPosition(bar.close, at(bar.timeS), candles);
    setCursor(next);
  };
  const text =
    shown === undefined
      ? 'no bars'
      : `open ${priceText(shown.open)}, high ${priceText(shown.high)}, low ${priceText(shown.low)}, close ${priceText(shown.close)}`;
  return (
    <div>
      <div className="figure flex min-h-6 flex-wrap items-center gap-x-3 px-3 text-xs text-soft">
        {shown === undefined ? null : (
          <>
            <span>{timeText(shown.timeS * 1000, clock)}</span>
            <span>O {priceText(shown.open)}</span>
            <span>H {priceText(shown.high)}</span>
            <span>L {priceText(shown.low)}</span>
            <span className={shown.close >= shown.open ? 'text-up' : 'text-down'}>C {priceText(shown.close)}</span>
            {shown.volume === undefined ? null : <span>V {quantity(shown.volume)}</span>}
          </>
        )}
        {overlays.map(({ id, name, token, pane, values }) => {
          const value = values[cursor ?? bars.length - 1] ?? null;
          return (
            <span key={id} style={{ color: `var(--${token})` }}>
              {name} {value === null ? '–' : pane > 0 ? price(value) : priceText(value)}
            </span>
          );
        })}
        {legend}
      </div>
      <div
        ref={place}
        tabIndex={0}
        role="application"
        aria-label={`${label}. Arrow keys go from bar to bar.`}
        style={{ height }}
        onKeyDown={step}
      />
      <span aria-live="polite" className="sr-only">
        {cursor === null || shown === undefined || document.activeElement !== place.current
          ? ''
          : `${timeText(shown.timeS * 1000, clock)}: ${text}`}
      </span>
    </div>
  );
}

/** Levels that are not far from the bars are kept in view with them. */
function withLevels(info: AutoscaleInfo | null, lines: readonly LevelLine[]): AutoscaleInfo | null {
  if (info === null || info.priceRange === null) return info;
  const { minValue, maxValue } = info.priceRange;
  const span = maxValue - minValue;
  const near = lines.map(({ price }) => price).filter((price) => price > minValue - span && price < maxValue + span);
  return { ...info, priceRange: { minValue: Math.min(minValue, ...near), maxValue: Math.max(maxValue, ...near) } };
}
