import { onTick } from '../../format/ticks.ts';
import type { Drawn, LevelLine, PriceChartProps } from './shape.ts';

const NEAR_PX = 6;

/** Lets movable lines be drawn to another price. Ends with the function that it answers. */
export function dragLines(
  element: HTMLElement,
  { chart, candles, lines }: Drawn,
  latest: { readonly current: PriceChartProps },
): () => void {
  let held: { readonly line: LevelLine; readonly tick: string; to: string | null } | null = null;
  const levelAt = (event: PointerEvent): number => event.clientY - element.getBoundingClientRect().top;
  const near = (event: PointerEvent): LevelLine | undefined =>
    (latest.current.lines ?? []).find(({ price, isMovable }) => {
      const y = candles.priceToCoordinate(price);
      return isMovable && y !== null && Math.abs(y - levelAt(event)) <= NEAR_PX;
    });
  const pressed = (event: PointerEvent): void => {
    const line = near(event);
    const { tick = null } = latest.current;
    if (line === undefined || tick === null || held !== null) return;
    held = { line, tick, to: null };
    chart.applyOptions({ handleScroll: false, handleScale: false });
    element.setPointerCapture(event.pointerId);
    event.preventDefault();
    event.stopPropagation();
  };
  const moved = (event: PointerEvent): void => {
    if (held === null) {
      element.style.cursor = near(event) === undefined ? '' : 'ns-resize';
      return;
    }
    const price = candles.coordinateToPrice(levelAt(event));
    if (price === null || price <= 0) return;
    held.to = onTick(price, held.tick);
    lines.get(held.line.id)?.applyOptions({ price: Number(held.to) });
  };
  const letGo = (): typeof held => {
    const ended = held;
    held = null;
    if (ended !== null) chart.applyOptions({ handleScroll: true, handleScale: true });
    return ended;
  };
  const released = (): void => {
    const ended = letGo();
    if (ended !== null && ended.to !== null) latest.current.onMoved?.(ended.line.id, ended.to);
  };
  // A gesture that the browser took away means nothing: the line goes back.
  const canceled = (): void => {
    const ended = letGo();
    if (ended !== null) lines.get(ended.line.id)?.applyOptions({ price: ended.line.price });
  };
  element.addEventListener('pointerdown', pressed, true);
  element.addEventListener('pointermove', moved);
  element.addEventListener('pointerup', released);
  element.addEventListener('pointercancel', canceled);
  return () => {
    element.removeEventListener('pointerdown', pressed, true);
    element.removeEventListener('pointermove', moved);
    element.removeEventListener('pointerup', released);
    element.removeEventListener('pointercancel', canceled);
  };
}
