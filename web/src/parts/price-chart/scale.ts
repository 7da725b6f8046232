import type { PriceFormatCustom } from 'lightweight-charts';
import { price } from '../../format/numerals.ts';
import { placesOn } from '../../format/ticks.ts';

/** How prices of a chart are written, and the least step between them on its scale. */
interface Scale {
  readonly priceText: (value: number) => string;
  readonly priceFormat: PriceFormatCustom;
  /** Of panes whose values are no prices. */
  readonly paneFormat: PriceFormatCustom;
}

/** Significant digits by which prices of an unknown tick may differ. */
const DIGITS = 6;
const known = new Map<string, Scale>();

/** The scale of prices of a tick or, where that is null, of prices about as high as the given one; the same scale for the same places. */
export function scaleOf(tick: string | null, near: number | null): Scale {
  const size = near === null || near === 0 ? 1 : Math.abs(near);
  const places = tick === null ? Math.max(2, DIGITS - 1 - Math.floor(Math.log10(size))) : placesOn(tick);
  const key = `${tick !== null} ${places}`;
  let scale = known.get(key);
  if (scale === undefined) {
    const priceText = (value: number): string => price(value, tick === null ? undefined : places);
    const minMove = 10 ** -places;
    scale = {
      priceText,
      priceFormat: { type: 'custom', formatter: priceText, minMove },
      paneFormat: { type: 'custom', formatter: (value: number) => price(value), minMove },
    };
    known.set(key, scale);
  }
  return scale;
}
