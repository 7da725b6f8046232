import type { Json } from '../core/vocabulary/json.ts';
import { textFrame } from './frame.ts';
import { type TimeUnit, toJson } from './time-unit.ts';

/** How a connection wants its data. */
export interface StreamFormat {
  /** Wrapped as `{"stream":…,"data":…}`. */
  readonly combined: boolean;
  readonly unit: TimeUnit;
}

/** Who listens: takes whole frames, one or many in a buffer that is not its own. */
export interface StreamMember {
  write(frames: Buffer): void;
}

/** What the hub asks of the product behind it. */
export interface StreamSource {
  hasStream(name: string): boolean;
  streamOpened(name: string): void;
  streamClosed(name: string): void;
}

/** Members that listen to the very same streams in the same format: what one of them gets, all get. */
interface Group {
  readonly key: string;
  readonly streams: readonly string[];
  readonly format: StreamFormat;
  readonly members: Set<StreamMember>;
  pending: Buffer[];
  pendingBytes: number;
}

/** Collected frames above this leave at once. */
const FLUSH_BYTES = 65_536;

/**
 * Market streams of one product. A payload is put into words once per stream and format and framed once; members with the same
 * subscriptions share one buffer, and what is published within one turn of the event loop (or within `coalesceMs`) leaves in one write
 * a member.
 */
export class StreamHub {
  readonly #source: StreamSource;
  readonly #coalesceMs: number;
  readonly #groups = new Map<string, Group>();
  /** Groups that listen to a stream. */
  readonly #listening = new Map<string, Group[]>();
  readonly #groupOf = new Map<StreamMember, Group>();
  #dirty: Group[] = [];
  #cancelFlush: (() => void) | null = null;

  constructor(source: StreamSource, coalesceMs = 0) {
    if (!(coalesceMs >= 0 && coalesceMs <= 5))
      throw new RangeError(`expected to collect frames for 0 to 5 ms, found ${coalesceMs}`);
    this.#source = source;
    this.#coalesceMs = coalesceMs;
  }

  hasListeners(stream: string): boolean {
    return this.#listening.has(stream);
  }

  publish(stream: string, data: Json): void {
    const groups = this.#listening.get(stream);
    if (groups === undefined) return;
    const frames: (Buffer | undefined)[] = [undefined, undefined, undefined, undefined];
    for (const group of groups) {
      const { combined, unit } = group.format;
      const kind = (combined ? 1 : 0) + (unit === 'us' ? 2 : 0);
      let frame = frames[kind];
      if (frame === undefined) {
        const json = toJson(data, unit);
        frame = textFrame(combined ? `{"stream":${JSON.stringify(stream)},"data":${json}}` : json);
        frames[kind] = frame;
      }
      if (group.pending.length === 0) this.#dirty.push(group);
      group.pending.push(frame);
      group.pendingBytes += frame.length;
      if (group.pendingBytes > FLUSH_BYTES) this.#send(group);
    }
    if (this.#cancelFlush === null && this.#dirty.length > 0) this.#schedule();
  }

  /** Sets what a member listens to; unknown streams are kept and never carry data, as on Binance. */
  listen(member: StreamMember, streams: ReadonlySet<string>, format: StreamFormat): void {
    const before = this.#groupOf.get(member);
    if (before) this.#send(before);
    const sorted = [...streams].filter((s) => this.#source.hasStream(s)).sort();
    const key = `${format.combined ? 'c' : 'r'}${format.unit} ${sorted.join('/')}`;
    if (before?.key === key) return;
    let opened: string[] = [];
    if (sorted.length > 0) {
      let group = this.#groups.get(key);
      if (group === undefined) {
        group = { key, streams: sorted, format, members: new Set(), pending: [], pendingBytes: 0 };
        this.#groups.set(key, group);
        opened = this.#attach(group);
      }
      group.members.add(member);
      this.#groupOf.set(member, group);
    } else this.#groupOf.delete(member);
    const closed = before ? this.#detach(before, member) : [];
    // A stream that only changed its group was never closed.
    for (const stream of closed) if (!this.#listening.has(stream)) this.#source.streamClosed(stream);
    for (const stream of opened) this.#source.streamOpened(stream);
  }

  /** The member is gone. */
  leave(member: StreamMember): void {
    this.listen(member, new Set(), { combined: false, unit: 'ms' });
  }

  /** Sends what is collected, now. */
  flush(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = null;
    const dirty = this.#dirty;
    this.#dirty = [];
    for (const group of dirty) this.#send(group);
  }

  /** Sends what a member's group has collected, so that something else can follow it in order. */
  flushFor(member: StreamMember): void {
    const group = this.#groupOf.get(member);
    if (group) this.#send(group);
  }

  close(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = null;
    this.#dirty = [];
  }

  #schedule(): void {
    const run = (): void => {
      this.#cancelFlush = null;
      this.flush();
    };
    if (this.#coalesceMs === 0) {
      const handle = setImmediate(run);
      this.#cancelFlush = () => clearImmediate(handle);
    } else {
      const handle = setTimeout(run, this.#coalesceMs);
      handle.unref();
      this.#cancelFlush = () => clearTimeout(handle);
    }
  }

  #send(group: Group): void {
    const { pending } = group;
    if (pending.length === 0) return;
    const frames = pending.length === 1 ? pending[0]! : Buffer.concat(pending, group.pendingBytes);
    group.pending = [];
    group.pendingBytes = 0;
    for (const member of group.members) member.write(frames);
  }

  /** Answers the streams that had nobody before. */
  #attach(group: Group): string[] {
    const opened: string[] = [];
    for (const stream of group.streams) {
      const groups = this.#listening.get(stream);
      if (groups) groups.push(group);
      else {
        this.#listening.set(stream, [group]);
        opened.push(stream);
      }
    }
    return opened;
  }

  /** Answers the streams that have nobody any more. */
  #detach(group: Group, member: StreamMember): string[] {
    group.members.delete(member);
    if (group.members.size > 0) return [];
    this.#groups.delete(group.key);
    const closed: string[] = [];
    for (const stream of group.streams) {
      const groups = this.#listening.get(stream)!;
      groups.splice(groups.indexOf(group), 1);
      if (groups.length > 0) continue;
      this.#listening.delete(stream);
      closed.push(stream);
    }
    return closed;
  }
}
