import { useMemo } from 'react';

/** A line of values in a few pixels, last value against the first in colour; what it says stands in `label`. */
export function Sparkline({
  values,
  label,
  width = 96,
  height = 24,
}: {
  readonly values: readonly number[];
  readonly label: string;
  readonly width?: number;
  readonly height?: number;
}) {
  const path = useMemo(() => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const span = high - low || 1;
    const step = (width - 2) / Math.max(1, values.length - 1);
    return values
      .map(
        (value, k) =>
          `${k === 0 ? 'M' : 'L'}${(1 + k * step).toFixed(1)} ${(height - 2 - ((value - low) / span) * (height - 4)).toFixed(1)}`,
      )
      .join('');
  }, [values, width, height]);
  if (values.length < 2) return <span className="text-soft">–</span>;
  const rises = values.at(-1)! >= values[0]!;
  return (
    <svg role="img" aria-label={label} width={width} height={height} className={rises ? 'text-up' : 'text-down'}>
      <path d={path} fill="none" stroke="currentColor" strokeWidth="1.5" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
