import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { aroundSame } from '../format/axis.ts';
import { timeText } from '../format/times.ts';
import { type Appearance, colourOf, useAppearance, useColours } from '../theme/appearance.ts';

export interface TimeSeries {
  readonly name: string;
  /** Name of a colour token: `up`. */
  readonly token: string;
  readonly values: ArrayLike<number | null>;
  readonly isFilled?: boolean;
  /** Drawn as steps: a value holds until the next one. */
  readonly isStepped?: boolean;
}

interface TimeChartProps {
  /** Seconds since 1970, rising. */
  readonly timesS: ArrayLike<number>;
  readonly series: readonly TimeSeries[];
  readonly height: number;
  /** How a value of the axis is written. */
  readonly format: (value: number) => string;
  /** What it shows, for who does not see it. */
  readonly label: string;
  /** Charts with the same name share a cursor. */
  readonly cursorGroup?: string;
}

const A_DAY_S = 86_400;

/** As much of a time as tells the steps of an axis apart. */
function axisTime(timeS: number, stepS: number, clock: Appearance['clock']): string {
  const text = timeText(timeS * 1000, clock, 'second');
  if (stepS >= A_DAY_S) return text.slice(0, 10);
  const isMidnight = text.endsWith('00:00:00');
  return isMidnight ? text.slice(5, 10) : stepS >= 60 ? text.slice(11, 16) : text.slice(11);
}

/** Lines over time on a canvas, made for many points and frequent updates. */
export function TimeChart({ timesS, series, height, format, label, cursorGroup }: TimeChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const { clock } = useAppearance();
  const colours = useColours();
  const shape = series
    .map(({ name, token, isFilled, isStepped }) => `${name} ${token} ${isFilled} ${isStepped}`)
    .join();
  const data = useRef<uPlot.AlignedData>([[]] as never);
  data.current = [timesS, ...series.map(({ values }) => values)] as never;
  const latest = useRef({ series, format });
  latest.current = { series, format };

  // biome-ignore lint/correctness/useExhaustiveDependencies: a chart is made anew where its shape or colours change, and told its data below.
  useEffect(() => {
    const element = place.current!;
    const soft = colourOf('soft');
    const axis = {
      stroke: soft,
      grid: { stroke: colourOf('line'), width: 1 },
      ticks: { show: false },
      font: '11px ui-sans-serif, system-ui',
    };
    const made = new uPlot(
      {
        width: element.clientWidth || 300,
        height,
        legend: { show: false },
        cursor: { points: { size: 6 }, ...(cursorGroup === undefined ? {} : { sync: { key: cursorGroup } }) },
        tzDate: (seconds) =>
          clock === 'utc' ? uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC') : new Date(seconds * 1000),
        scales: {
          x: { time: true },
          y: {
            range: (_plot, least, most) =>
              least === most ? aroundSame(least) : uPlot.rangeNum(least, most, 0.1, true),
          },
        },
        axes: [
          {
            ...axis,
            size: 26,
            space: 70,
            // A time at the right edge would lie upon the lowest number beside it.
            filter: (plot, times) =>
              times.map((time) => (plot.valToPos(time, 'x') > plot.over.clientWidth - 28 ? null : time)),
            values: (_plot, times, _axis, _space, stepS) =>
              times.map((time) => (time === null ? '' : axisTime(time, stepS, clock))),
          },
          {
            ...axis,
            side: 1,
            size: 72,
            values: (_plot, values) => values.map((value) => latest.current.format(value)),
          },
        ],
        series: [
          {},
          ...latest.current.series.map(({ name, token, isFilled, isStepped }) => {
            const colour = colourOf(token);
            return {
              label: name,
              stroke: colour,
              width: 1.5,
              points: { show: false },
              ...(isFilled === true ? { fill: `color-mix(in srgb, ${colour} 18%, transparent)` } : {}),
              ...(isStepped === true ? { paths: uPlot.paths.stepped!({ align: 1 }) } : {}),
            };
          }),
        ],
      },
      data.current,
      element,
    );
    plot.current = made;
    const watcher = new ResizeObserver(() => made.setSize({ width: element.clientWidth || 300, height }));
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [shape, colours, clock, height, cursorGroup]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever the data are other ones.
  useEffect(() => {
    plot.current?.setData(data.current);
  }, [timesS, series]);

  return <div ref={place} role="img" aria-label={label} className="w-full" />;
}
