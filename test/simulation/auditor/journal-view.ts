import { exact, times } from './exact.ts';

/** A record of the journal as it lies on the disk. */
export interface JournalLine {
  readonly seq: number;
  readonly kind: string;
  readonly atMs: number;
  readonly text: string;
  /** When it became durable, in the order of everything that happened. */
  readonly tick: number;
  readonly life: number;
}

type Row = { readonly [key: string]: unknown };

export interface SeenIntent {
  readonly seq: number;
  readonly tick: number;
  readonly order: string;
  /** Number of the signal that asked for it. */
  readonly signal: number;
  readonly request: string;
  readonly verdict: Row;
  readonly epoch: number;
  readonly validUntilMs: number;
  readonly content: Row;
}

/** Limits of the account, a strategy or the instrument from an input on, in lots by name. */
interface SeenLimits {
  readonly inputs: number;
  readonly lots: ReadonlyMap<string, number>;
}

/** Limits that the auditor knows of. */
export type AuditedLimit = 'orderSizeLots' | 'positionLots';

export interface ToldFill {
  readonly id: string;
  readonly row: Row;
  readonly tick: number;
}

/** What a journal says, in the auditor's own reading. */
export class JournalView {
  readonly places = new Map<string, SeenIntent>();
  readonly cancels: SeenIntent[] = [];
  readonly fills = new Map<string, ToldFill>();
  /** Orders of which it stands written that the venue never had them. */
  readonly denied = new Map<string, { readonly why: string; readonly tick: number }>();
  /** Times of funding that was told. */
  readonly fundedMs = new Set<number>();
  readonly complaints: string[] = [];
  /** Changes of limits that hold, by whose they are. */
  readonly #limits = new Map<string, SeenLimits[]>();
  #inputs = 0;
  /** Newest durable record of each life. */
  readonly lastTick = new Map<number, number>();

  /** Limits of the beginning, as `account positionLots`. */
  readonly began: ReadonlyMap<string, number>;

  constructor(lines: readonly JournalLine[], began: ReadonlyMap<string, number>) {
    this.began = began;
    let seq = 0;
    for (const line of lines) {
      if (line.seq !== ++seq) this.complaints.push(`journal: record ${line.seq} stands in place ${seq}`);
      this.lastTick.set(line.life, line.tick);
      const payload = JSON.parse(line.text) as Row;
      if (line.kind === 'intent') this.#intent(line, payload);
      else if (line.kind === 'outcome') this.#outcome(payload, line.tick);
      if (line.kind === 'input' || line.kind === 'outcome') this.#inputs++;
      if (payload['type'] === 'command-given') this.#command(payload['command'] as Row);
    }
  }

  /**
   * The lots that an order may have, or a position, by the limits that held when it was decided; where it was put in the place of one that was
   * no less, by the limits of that one, too.
   */
  allowed(limit: AuditedLimit, intent: SeenIntent): number {
    const before = this.#stoodFor(intent);
    const own = this.#allowedWhen(limit, intent);
    return before === undefined ? own : Math.max(own, this.allowed(limit, before));
  }

  /** The order of the same signal that was withdrawn for this one, if this one is no larger than what was left of it, and no nearer. */
  #stoodFor({ signal, tick, content }: SeenIntent): SeenIntent | undefined {
    const isAlike = (before: Row): boolean =>
      (['side', 'type', 'trigger'] as const).every((field) => before[field] === content[field]);
    const before = [...this.places.values()].findLast(
      (each) =>
        each.signal === signal &&
        isAlike(each.content) &&
        this.cancels.some((cancel) => cancel.order === each.order && cancel.tick > each.tick && cancel.tick < tick),
    );
    return before !== undefined && this.#isNoMore(content, before, tick) ? before : undefined;
  }

  #isNoMore(content: Row, { order, content: before }: SeenIntent, tick: number): boolean {
    const filled = [...this.fills.values()]
      .filter((fill) => fill.row['clientOrderId'] === order && fill.tick < tick)
      .reduce((sum, { row }) => sum + exact(row['quantity']), 0n);
    const [now, left] = [exact(content['quantity']), exact(before['quantity']) - filled];
    if (now > left) return false;
    if (content['limit'] === undefined) return true;
    const [limit, was] = [exact(content['limit']), exact(before['limit'])];
    return content['side'] === 'buy' ? limit <= was : limit >= was && times(now, limit) <= times(left, was);
  }

  /** The strictest of account, strategies and instrument. */
  #allowedWhen(limit: AuditedLimit, { verdict }: SeenIntent): number {
    const decided = Number(verdict['inputs']);
    const held = (place: string): number | undefined =>
      this.#limits
        .get(place)
        ?.findLast(({ inputs, lots }) => inputs < decided && lots.has(limit))
        ?.lots.get(limit);
    const own = [...this.#limits.keys()].map((place) => held(place) ?? Number.POSITIVE_INFINITY);
    return Math.min(held('account') ?? this.began.get(`account ${limit}`)!, ...own);
  }

  /** What lets more pass than before holds only where it was confirmed, and then all of it. */
  #command({ type, scope, target, limits, confirmed }: Row): void {
    if (type !== 'set-limits') return;
    const place = scope === 'account' ? 'account' : `${String(scope)}:${String(target)}`;
    const all = this.#limits.get(place) ?? [];
    const lots = new Map(Object.entries(limits as Readonly<Record<string, number>>));
    const isLooser = [...lots].some(([name, value]) => {
      const before = all.findLast((each) => each.lots.has(name))?.lots.get(name) ?? this.began.get(`${place} ${name}`);
      return value > (before ?? Number.POSITIVE_INFINITY);
    });
    if (isLooser && confirmed !== true) return;
    all.push({ inputs: this.#inputs, lots });
    this.#limits.set(place, all);
  }

  #intent({ seq, tick }: JournalLine, payload: Row): void {
    const intent: SeenIntent = {
      ...{ seq, tick, order: String(payload['clientOrderId']), request: String(payload['request']) },
      ...{ signal: Number(payload['intent']), verdict: payload['verdict'] as Row, epoch: Number(payload['epoch']) },
      ...{ validUntilMs: Number(payload['validUntilMs']), content: payload['order'] as Row },
    };
    if (intent.request !== 'place') {
      this.cancels.push(intent);
      return;
    }
    if (this.places.has(intent.order)) this.complaints.push(`I1: ${intent.order} is intended twice`);
    this.places.set(intent.order, intent);
  }

  #outcome(payload: Row, tick: number): void {
    if (payload['type'] === 'fill-told') {
      const fill = payload['fill'] as Row;
      const id = String(fill['tradeId']);
      if (!this.fills.has(id)) this.fills.set(id, { id, row: fill, tick });
    } else if (payload['type'] === 'funding-told') this.fundedMs.add(Number(payload['atMs']));
    else if (payload['type'] === 'absence-proven')
      this.denied.set(String(payload['order']), { why: 'proven absent', tick });
    else if (payload['type'] === 'request-answered' && payload['request'] === 'place') {
      const outcome = String(payload['outcome']);
      if (outcome === 'rejected' || outcome === 'not-sent')
        this.denied.set(String(payload['order']), { why: `${outcome}: ${String(payload['code'])}`, tick });
    }
  }
}
