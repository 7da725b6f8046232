import type { BarColumns } from '../vocabulary/market-data.ts';
import { allocateBars, BAR_FIELDS } from '../vocabulary/market-data.ts';
import type { TimeMs } from '../vocabulary/time.ts';
import { checkParameters, type Indicator, type InputName, type Kernel, REBASE_BARS } from './indicator.ts';
import { runKernel } from './run.ts';
import { type Node, Series, type SeriesOwner } from './series.ts';

/** How often two bars of a series begin a new rebase block: by absolute time where bars have a fixed length, else by count. */
type BlockRule = { readonly barMs: number } | { readonly barMs: 0 };

/**
 * One instrument's bars of one kind, with every indicator computed on them. Bars come either all at once ({@link preload}, a
 * backtest) or one by one ({@link append}, a stream); what a strategy reads is the same to the bit.
 */
export class Bars implements SeriesOwner {
  declare readonly symbol: string;
  /** `'4h'`, or the rule of bars that are not by time, e.g. `'volume:1000'`. */
  declare readonly tf: string;
  cursor = -1;
  /** Number of the instant at which the last of these bars closed; the engine's own count. */
  closedInSlice = -1;
  /** Deepest node; see `Series.depth`. */
  depth = 0;
  declare readonly open: Series;
  declare readonly high: Series;
  declare readonly low: Series;
  declare readonly close: Series;
  declare readonly volume: Series;
  #columns: BarColumns;
  readonly #times: Series;
  #count = 0;
  readonly #barMs: number;
  readonly #nodes: Node[] = [];
  /** Nodes that read other bars or run user code: stepped bar by bar even in a backtest. */
  readonly #stepped: Node[] = [];
  readonly #cache = new Map<string, Node>();
  #prefilled = false;

  constructor(symbol: string, tf: string, rule: BlockRule) {
    this.symbol = symbol;
    this.tf = tf;
    this.#barMs = rule.barMs;
    this.#columns = allocateBars(0);
    this.open = new Series(this, this.#columns.open);
    this.high = new Series(this, this.#columns.high);
    this.low = new Series(this, this.#columns.low);
    this.close = new Series(this, this.#columns.close);
    this.volume = new Series(this, this.#columns.volume);
    this.#times = new Series(this, this.#columns.openTimeMs);
  }

  /** Open time of the last closed bar; NaN before the first. */
  get time(): TimeMs {
    return this.#times.value;
  }

  /** Row of the last closed bar, 0 for the first; −1 before it. */
  get index(): number {
    return this.cursor;
  }

  /** The series of a bar field. */
  field(name: InputName): Series {
    if (name === 'openTimeMs') return this.#times;
    if (name === 'value' || name === 'other') return this.close;
    return this[name];
  }

  /** Adds an indicator, or returns the node that already computes it. `inputs` may belong to other bars. */
  node(indicator: Indicator, inputs: readonly Series[], given: Readonly<Record<string, number>>): Node {
    const params = checkParameters(indicator, given);
    const key = `${indicator.name}(${JSON.stringify(params)})`;
    const cached = [...this.#cache].find(
      ([k, n]) => k.startsWith(key) && n.inputs.length === inputs.length && n.inputs.every((s, i) => s === inputs[i]),
    );
    if (cached) return cached[1];
    const warmups = [indicator.warmup(params)].flat();
    const settle = indicator.settle?.(params) ?? 0;
    const node = this.#attach(
      () => indicator.create(params),
      inputs,
      indicator.outputs.map((_, k) => warmups[k] ?? warmups[0]!),
      settle,
      false,
    );
    this.#cache.set(`${key}#${this.#cache.size}`, node);
    return node;
  }

  /** Adds a kernel written by a user: stepped in bar order, after everything declared before it. */
  custom(make: () => Kernel, inputs: readonly Series[], lookback: number): Node {
    return this.#attach(make, inputs, [lookback], lookback, true);
  }

  #attach(
    make: () => Kernel,
    inputs: readonly Series[],
    warmups: readonly number[],
    settle: number,
    custom: boolean,
  ): Node {
    const own = inputs.filter((s) => s.owner === this);
    const inputReady = Math.max(0, ...own.map((s) => s.readyAfter));
    const inputSettled = Math.max(0, ...own.map((s) => s.settledAfter));
    // Whatever reads other bars, runs user code, or follows from such, is stepped bar by bar.
    const isStepped = custom || own.length < inputs.length || inputs.some((s) => s.depth > 0);
    const depth = isStepped ? 1 + Math.max(0, ...inputs.map((s) => s.depth)) : 0;
    const foreign = [...new Set(inputs.flatMap((s) => (s.owner === this ? s.foreign : [s, ...s.foreign])))];
    const node: Node = {
      kernel: make(),
      make,
      inputs,
      depth,
      row: -1,
      outputs: warmups.map(
        (warmup) =>
          new Series(
            this,
            // What is stepped knows nothing of bars that closed before it was declared.
            new Float64Array(this.#columns.close.length).fill(isStepped ? Number.NaN : 0),
            inputSettled + Math.max(settle, warmup),
            inputReady + warmup,
            depth,
            foreign,
          ),
      ),
    };
    if (depth > this.depth) this.depth = depth;
    (isStepped ? this.#stepped : this.#nodes).push(node);
    if (this.#prefilled && !isStepped) this.#fill(node);
    else if (!isStepped && this.#count > 0) this.#catchUp(node);
    return node;
  }

  /** Hands over a whole history and computes every indicator on it; the cursor stays before the first bar. */
  preload(columns: BarColumns): void {
    this.#columns = columns;
    this.#count = columns.close.length;
    this.#pointSeries();
    this.#prefilled = true;
    for (const node of this.#nodes) this.#fill(node);
    for (const node of this.#stepped)
      for (const s of node.outputs) Series.replaceColumn(s, new Float64Array(this.#count).fill(Number.NaN));
  }

  #fill(node: Node): void {
    const outputs = node.outputs.map(() => new Float64Array(this.#count));
    runKernel(node.kernel, node.inputs.map(Series.columnOf), outputs, this.#count, this.#blocks());
    node.outputs.forEach((s, k) => {
      Series.replaceColumn(s, outputs[k]!);
    });
  }

  /** Computes a node that was added while bars were already coming, over the bars so far. */
  #catchUp(node: Node): void {
    const outputs = node.outputs.map(Series.columnOf);
    const blocks = this.#blocks();
    runKernel(node.kernel, node.inputs.map(Series.columnOf), outputs, this.#count, blocks);
    node.row = this.#count - 1;
  }

  #blocks(): number[] {
    const rows: number[] = [];
    const t = this.#columns.openTimeMs;
    for (let i = 1; i < this.#count; i++) if (this.#block(t[i]!, i) !== this.#block(t[i - 1]!, i - 1)) rows.push(i);
    return rows;
  }

  #block(openTimeMs: TimeMs, row: number): number {
    return this.#barMs > 0 ? Math.floor(openTimeMs / (this.#barMs * REBASE_BARS)) : Math.floor(row / REBASE_BARS);
  }

  /** The bars so far, oldest first: views into what is kept here. */
  taken(): BarColumns {
    const c = this.#columns;
    const part = (column: Float64Array): Float64Array => column.subarray(0, this.cursor + 1);
    return {
      ...{ openTimeMs: part(c.openTimeMs), open: part(c.open), high: part(c.high), low: part(c.low) },
      ...{ close: part(c.close), volume: part(c.volume) },
    };
  }

  /** Back to before the first bar. What was computed in advance stays; what is stepped begins anew. */
  rewind(): void {
    this.cursor = -1;
    this.closedInSlice = -1;
    for (const node of this.#stepped) {
      node.kernel = node.make();
      node.row = -1;
    }
  }

  /** Moves to the next preloaded bar. Indicators that must be stepped are computed by {@link step}, after all bars moved. */
  advance(): void {
    this.cursor++;
  }

  /** Appends one closed bar of a stream; indicators are computed by {@link step}. */
  append(openTimeMs: TimeMs, open: number, high: number, low: number, close: number, volume: number): void {
    const i = this.#count++;
    if (i === this.#columns.close.length) this.#grow(Math.max(1024, i * 2));
    const c = this.#columns;
    c.openTimeMs[i] = openTimeMs;
    c.open[i] = open;
    c.high[i] = high;
    c.low[i] = low;
    c.close[i] = close;
    c.volume[i] = volume;
    this.cursor = i;
  }

  #grow(rows: number): void {
    const grown = allocateBars(rows);
    for (const f of BAR_FIELDS) grown[f].set(this.#columns[f]);
    this.#columns = grown;
    this.#pointSeries();
    for (const node of [...this.#nodes, ...this.#stepped])
      for (const s of node.outputs) {
        const column = new Float64Array(rows);
        column.set(Series.columnOf(s));
        Series.replaceColumn(s, column);
      }
  }

  #pointSeries(): void {
    for (const f of BAR_FIELDS) Series.replaceColumn(this.field(f), this.#columns[f]);
  }

  /** Whether {@link step} has anything to do in a backtest. */
  get needsStep(): boolean {
    return this.#stepped.length > 0 || !this.#prefilled;
  }

  /**
   * Computes at the cursor the nodes of one depth that were not computed yet, in declared order. Depths are worked off over
   * all bars of an instant, shallow first, so that a node finds its inputs on other bars done.
   */
  step(depth: number): void {
    const i = this.cursor;
    const t = this.#columns.openTimeMs;
    const rebase = i > 0 && this.#block(t[i]!, i) !== this.#block(t[i - 1]!, i - 1);
    if (depth === 0) {
      if (!this.#prefilled) for (const node of this.#nodes) this.#step(node, i, rebase);
    } else for (const node of this.#stepped) if (node.depth === depth) this.#step(node, i, rebase);
  }

  /** {@link step} of all depths: for bars that close between two others of the same instant. */
  stepAll(): void {
    for (let depth = 0; depth <= this.depth; depth++) this.step(depth);
  }

  #step(node: Node, i: number, rebase: boolean): void {
    if (node.row === i) return;
    node.row = i;
    if (rebase) node.kernel.rebase?.();
    const { kernel, inputs, outputs } = node;
    const arity = inputs.length;
    // Every series answers with its last closed bar, so inputs on other bars are aligned by what was known at this instant.
    const a = inputs[0]!.value;
    const b = arity > 1 ? inputs[1]!.value : 0;
    const c = arity > 2 ? inputs[2]!.value : 0;
    const d = arity > 3 ? inputs[3]!.value : 0;
    const e = arity > 4 ? inputs[4]!.value : 0;
    // As in stepKernel: what is not finite is missing, and must not stay in running sums.
    if (!Number.isFinite(a + b + c + d + e)) {
      for (const s of outputs) Series.columnOf(s)[i] = Number.NaN;
      return;
    }
    const first = kernel.next(a, b, c, d, e);
    if (outputs.length === 1) Series.columnOf(outputs[0]!)[i] = first;
    else for (let k = 0; k < outputs.length; k++) Series.columnOf(outputs[k]!)[i] = kernel.out![k]!;
  }
}
