import { ORDER_TYPES, type OrderType } from '../vocabulary/order.ts';
import { type Limits, limitsSchema, SWITCH_OF } from './limits.ts';

export type LimitName = keyof Limits;
export type LimitValue = Limits[LimitName];

/** Limits that a strategy or an instrument may have of its own: those of single orders and positions. All others are the account's. */
export const SCOPED_LIMITS = [
  ...(['orderValuePct', 'orderValueQuote', 'orderSizeLots', 'positionPct', 'positionLots'] as const),
  ...(['instrumentExposurePct', 'priceCollarPct', 'passivePriceBandPct', 'requireStop', 'orderTypes'] as const),
] as const satisfies readonly LimitName[];
export type ScopedLimits = { readonly [K in (typeof SCOPED_LIMITS)[number]]?: Limits[K] };

/** One limit that changed. `isLooser`: more passes than before. */
export interface LimitChange {
  readonly limit: LimitName;
  readonly before: LimitValue;
  readonly after: LimitValue;
  readonly isLooser: boolean;
}

/** A change of limits that cannot be: which field, and why. */
export class LimitsError extends RangeError {
  override readonly name = 'LimitsError';
  readonly field: string;

  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

/** Larger is stricter: windows that count for longer, a pause that lasts longer. */
const LONGER_IS_STRICTER: ReadonlySet<LimitName> = new Set([
  ...(['messageWindowMs', 'duplicateWindowMs', 'repeatedEntryWindowMs', 'coolDownMs', 'drawdownPauseDays'] as const),
]);

/**
 * Limits with some of them replaced, by the schema that reads a file of limits. Throws {@link LimitsError} at the first that is wrong; unknown
 * names are.
 */
export function withChanges(limits: Limits, changes: Readonly<Record<string, unknown>>): Limits {
  const parsed = limitsSchema.safeParse({ ...limits, ...changes });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const field = issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : issue.path.join('.');
  const found = JSON.stringify(changes[field]);
  throw new LimitsError(
    field,
    issue.code === 'unrecognized_keys'
      ? `${field}: there is no such limit`
      : `${field}: ${issue.message}${found === undefined ? '' : `, found ${found}`}`,
  );
}

/** Of `names` those that a strategy or an instrument may have of its own. Throws {@link LimitsError} where one is the account's. */
export function ownOnly(limits: Limits, names: readonly string[]): ScopedLimits {
  const wrong = names.find((name) => !(SCOPED_LIMITS as readonly string[]).includes(name));
  if (wrong !== undefined)
    throw new LimitsError(
      wrong,
      `${wrong}: it is a limit of the account; a strategy or an instrument may have ${SCOPED_LIMITS.join(', ')}`,
    );
  return Object.fromEntries(names.map((name) => [name, limits[name as LimitName]])) as ScopedLimits;
}

/** The stricter of both, limit by limit. */
export function strictest(limits: Limits, own: ScopedLimits): Limits {
  const names = Object.keys(own) as (keyof ScopedLimits)[];
  const stricter = names.filter((name) => isLooser(name, own[name]!, limits[name]));
  return {
    ...limits,
    ...Object.fromEntries(stricter.map((name) => [name, own[name]])),
    ...(own.orderTypes ? { orderTypes: common(limits.orderTypes, own.orderTypes) } : {}),
  };
}

function common(some: readonly OrderType[] | null, others: readonly OrderType[]): OrderType[] {
  return others.filter((type) => some?.includes(type) ?? true);
}

/** What is different in `after`, in declared order. */
export function changesBetween(before: Limits, after: Limits): readonly LimitChange[] {
  return (Object.keys(limitsSchema.shape) as LimitName[])
    .filter((limit) => JSON.stringify(before[limit]) !== JSON.stringify(after[limit]))
    .map((limit) => ({
      ...{ limit, before: before[limit], after: after[limit] },
      isLooser: isLooser(limit, before[limit], after[limit]) && isSwitchedOn(limit, before),
    }));
}

/** What belongs to a limit that was off let nothing through that was held before. */
function isSwitchedOn(limit: LimitName, before: Limits): boolean {
  const by = SWITCH_OF[limit];
  return by === undefined || before[by] !== null;
}

/** Whether more passes under `after` than under `before`. */
export function isLooser(limit: LimitName, before: LimitValue, after: LimitValue): boolean {
  if (limit === 'requireStop') return before === true && after === false;
  if (limit === 'selfMatch') return before !== null && after === null;
  if (limit === 'orderTypes') {
    const allowed = (before ?? ORDER_TYPES) as readonly OrderType[];
    return ((after ?? ORDER_TYPES) as readonly OrderType[]).some((type) => !allowed.includes(type));
  }
  const [from, to] = [before, after].map((value) => (value === null ? Number.POSITIVE_INFINITY : Number(value)));
  return LONGER_IS_STRICTER.has(limit) ? to! < from! : to! > from!;
}
