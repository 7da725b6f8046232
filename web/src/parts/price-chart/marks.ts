import type {
  IPrimitivePaneRenderer,
  IPrimitivePaneView,
  ISeriesPrimitive,
  Logical,
  PrimitiveHoveredItem,
  SeriesAttachedParameter,
  Time,
} from 'lightweight-charts';
import { colourOf } from '../../theme/appearance.ts';

/** A fill at its place on the chart. */
export interface Mark {
  readonly id: string;
  readonly timeS: number;
  readonly price: number;
  readonly side: 'buy' | 'sell';
}

/** From an entry to its exit, by whether it won. */
export interface Trip {
  readonly id: string;
  readonly fromS: number;
  readonly fromPrice: number;
  readonly toS: number;
  readonly toPrice: number;
  readonly profit: number;
}

interface Placed {
  readonly id: string;
  readonly x: number;
  readonly y: number;
}

const SIZE_PX = 6;
const REACH_PX = 10;

/** Index of the last time that is not after `timeS`; −1 before the first. */
export function indexAt(timesS: ArrayLike<number>, timeS: number): number {
  let [low, high] = [0, timesS.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timesS[middle]! <= timeS) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * Fills and round trips, drawn by themselves: markers of the library cost so much at each update that a chart of many bars stutters. Only what is
 * in view is drawn.
 */
export class Marks implements ISeriesPrimitive<Time> {
  #chart: SeriesAttachedParameter<Time> | null = null;
  #timesS: ArrayLike<number> = [];
  #marks: readonly Mark[] = [];
  #trips: readonly Trip[] = [];
  #chosen: ReadonlySet<string> = new Set();
  #placed: Placed[] = [];
  readonly #view: IPrimitivePaneView;

  constructor() {
    const renderer: IPrimitivePaneRenderer = {
      draw: (target) => target.useMediaCoordinateSpace(({ context }) => this.#draw(context)),
    };
    this.#view = { renderer: () => renderer, zOrder: () => 'top' };
  }

  attached(chart: SeriesAttachedParameter<Time>): void {
    this.#chart = chart;
  }

  detached(): void {
    this.#chart = null;
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return [this.#view];
  }

  /** Times of the bars and what is drawn on them, oldest first; those that are chosen stand out and others are dim. */
  show(timesS: ArrayLike<number>, marks: readonly Mark[], trips: readonly Trip[], chosen: ReadonlySet<string>): void {
    this.#timesS = timesS;
    this.#marks = marks;
    this.#trips = trips;
    this.#chosen = chosen;
    this.#chart?.requestUpdate();
  }

  hitTest(x: number, y: number): PrimitiveHoveredItem | null {
    const near = this.#placed.findLast((each) => Math.hypot(each.x - x, each.y - y) <= REACH_PX);
    return near === undefined ? null : { externalId: near.id, zOrder: 'top', cursorStyle: 'pointer' };
  }

  #draw(context: CanvasRenderingContext2D): void {
    this.#placed = [];
    const chart = this.#chart;
    const range = chart?.chart.timeScale().getVisibleLogicalRange() ?? null;
    if (chart === null || range === null || this.#timesS.length === 0) return;
    const last = this.#timesS.length - 1;
    const fromS = this.#timesS[Math.max(0, Math.min(last, Math.floor(range.from)))]!;
    const toIndex = Math.max(0, Math.min(last, Math.ceil(range.to)));
    const toS = toIndex === last ? Number.POSITIVE_INFINITY : this.#timesS[toIndex]!;
    const x = (timeS: number): number | null =>
      chart.chart.timeScale().logicalToCoordinate(Math.max(0, indexAt(this.#timesS, timeS)) as Logical);
    const y = (price: number): number | null => chart.series.priceToCoordinate(price);
    // Each costs a look at the style of the page: once for all marks, not once for each.
    const [up, down] = [colourOf('up'), colourOf('down')];
    const [bought, sold, edge] = [colourOf('accent'), colourOf('warn'), colourOf('panel')];
    const isDim = (id: string): boolean => this.#chosen.size > 0 && !this.#chosen.has(id);

    for (const { id, fromS: begunS, fromPrice, toS: endedS, toPrice, profit } of this.#trips) {
      if (endedS < fromS || begunS > toS) continue;
      const [x0, y0, x1, y1] = [x(begunS), y(fromPrice), x(endedS), y(toPrice)];
      if (x0 === null || y0 === null || x1 === null || y1 === null) continue;
      context.globalAlpha = isDim(id) ? 0.25 : 0.9;
      context.strokeStyle = profit >= 0 ? up : down;
      context.lineWidth = this.#chosen.has(id) ? 3 : 1.5;
      context.setLineDash(profit >= 0 ? [] : [4, 3]);
      context.beginPath();
      context.moveTo(x0, y0);
      context.lineTo(x1, y1);
      context.stroke();
      this.#placed.push({ id, x: x0, y: y0 }, { id, x: x1, y: y1 });
    }
    context.setLineDash([]);
    for (const { id, timeS, price, side } of this.#marks) {
      if (timeS < fromS || timeS > toS) continue;
      const [at, level] = [x(timeS), y(price)];
      if (at === null || level === null) continue;
      const way = side === 'buy' ? 1 : -1;
      const size = this.#chosen.has(id) ? SIZE_PX * 1.6 : SIZE_PX;
      context.globalAlpha = isDim(id) ? 0.35 : 1;
      context.beginPath();
      context.moveTo(at, level);
      context.lineTo(at - size, level + way * size * 1.6);
      context.lineTo(at + size, level + way * size * 1.6);
      context.closePath();
      context.fillStyle = side === 'buy' ? bought : sold;
      context.fill();
      context.lineWidth = 1;
      context.strokeStyle = edge;
      context.stroke();
      this.#placed.push({ id, x: at, y: level + way * size });
    }
    context.globalAlpha = 1;
  }
}
