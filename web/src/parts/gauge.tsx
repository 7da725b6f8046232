/** How much of something is used: a bar whose state is also said in words. */
export function Gauge({
  name,
  used,
  allowed,
  text,
}: {
  readonly name: string;
  readonly used: number | null;
  readonly allowed: number | null;
  readonly text: string;
}) {
  const share = used === null || allowed === null || allowed === 0 ? 0 : Math.max(0, Math.min(1, used / allowed));
  const colour = share >= 1 ? 'bg-bad' : share >= 0.8 ? 'bg-warn' : 'bg-accent';
  return (
    <div>
      <div className="flex items-baseline gap-2 text-sm">
        <span className="min-w-0 flex-1 truncate" title={name}>
          {name}
        </span>
        <span className="figure text-soft">{text}</span>
      </div>
      <div
        role="meter"
        aria-label={name}
        aria-valuemin={0}
        aria-valuemax={1}
        aria-valuenow={Number(share.toFixed(3))}
        aria-valuetext={text}
        className="mt-1 h-1.5 overflow-hidden rounded-full bg-raised"
      >
        <div className={`h-full ${colour}`} style={{ width: `${share * 100}%` }} />
      </div>
    </div>
  );
}
