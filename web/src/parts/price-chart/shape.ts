import type { IChartApi, IPriceLine, ISeriesApi } from 'lightweight-charts';
import type { ReactNode } from 'react';
import type { Mark, Marks, Trip } from './marks.ts';

export interface PriceBar {
  readonly timeS: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Absent: it is not known. */
  readonly volume?: number;
}

/** A line of values, one for each bar; null where there is none yet. */
export interface Overlay {
  readonly id: string;
  readonly name: string;
  readonly token: string;
  /** 0 is with the price; further ones below it. */
  readonly pane: number;
  readonly values: ArrayLike<number | null>;
}

/** A price of something that waits: an order, a stop. */
export interface LevelLine {
  readonly id: string;
  readonly price: number;
  readonly title: string;
  readonly token: string;
  readonly isMovable: boolean;
}

export interface PriceChartProps {
  /** Oldest first. Bars that are added at the end or change there are drawn without the others, which stay the same objects. */
  readonly bars: readonly PriceBar[];
  readonly label: string;
  readonly height: number;
  /** Smallest step of the prices. Null: it is not known, and no line can be moved. */
  readonly tick?: string | null;
  readonly marks?: readonly Mark[];
  readonly trips?: readonly Trip[];
  readonly chosen?: ReadonlySet<string>;
  readonly overlays?: readonly Overlay[];
  readonly lines?: readonly LevelLine[];
  readonly cursorGroup?: string;
  /** Seconds since 1970 that are to be in view; each new object brings them there. */
  readonly focus?: { readonly fromS: number; readonly toS: number } | null;
  readonly hasVolume?: boolean;
  readonly onHover?: (id: string | null) => void;
  readonly onPick?: (id: string) => void;
  /** A line was drawn to another price, a multiple of the tick. */
  readonly onMoved?: (id: string, price: string) => void;
  /** The oldest bar comes into view: earlier ones are wanted. */
  readonly onOldest?: () => void;
  /** The newest bar comes into view: later ones are wanted. */
  readonly onNewest?: () => void;
  readonly legend?: ReactNode;
}

/** What stands on the chart. */
export interface Drawn {
  readonly chart: IChartApi;
  readonly candles: ISeriesApi<'Candlestick'>;
  readonly volume: ISeriesApi<'Histogram'> | null;
  readonly marks: Marks;
  readonly overlays: Map<string, ISeriesApi<'Line'>>;
  readonly lines: Map<string, IPriceLine>;
}
