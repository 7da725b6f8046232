import type { Drawn, LevelLine, PriceChartProps } from './shape.ts';

const NEAR_PX = 6;

/** Lets movable lines be drawn to another price. Ends with the function that it answers. */
export function dragLines(
  element: HTMLElement,
  { chart, candles, lines }: Drawn,
  latest: { readonly current: PriceChartProps },
): () => void {
  let held: { readonly id: string; price: number } | null = null;
  const levelAt = (event: PointerEvent): number => event.clientY - element.getBoundingClientRect().top;
  const near = (event: PointerEvent): LevelLine | undefined =>
    (latest.current.lines ?? []).find(({ price, isMovable }) => {
      const y = candles.priceToCoordinate(price);
      return isMovable && y !== null && Math.abs(y - levelAt(event)) <= NEAR_PX;
    });
  const pressed = (event: PointerEvent): void => {
    const line = near(event);
    if (line === undefined) return;
    held = { id: line.id, price: line.price };
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
    if (price === null) return;
    held.price = price;
    lines.get(held.id)?.applyOptions({ price });
  };
  const released = (): void => {
    if (held === null) return;
    const { id, price } = held;
    held = null;
    chart.applyOptions({ handleScroll: true, handleScale: true });
    latest.current.onMoved?.(id, price);
  };
  element.addEventListener('pointerdown', pressed, true);
  element.addEventListener('pointermove', moved);
  element.addEventListener('pointerup', released);
  element.addEventListener('pointercancel', released);
  return () => {
    element.removeEventListener('pointerdown', pressed, true);
    element.removeEventListener('pointermove', moved);
    element.removeEventListener('pointerup', released);
    element.removeEventListener('pointercancel', released);
  };
}
