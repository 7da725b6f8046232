import { Badge } from '../parts/badge.tsx';

/** What was said of something that was only tried: it would pass, it would be refused, or (null) nobody judged it. */
export function AllowedBadge({ allowed }: { readonly allowed: boolean | null }) {
  if (allowed === null) return <Badge tone="warn">? not judged</Badge>;
  return <Badge tone={allowed ? 'good' : 'bad'}>{allowed ? '✓ would pass' : '✗ would be refused'}</Badge>;
}
