import { STREAMS_EACH_CONNECTION } from './dialects.ts';
import type { ListenKeys, ListenKeyUser } from './listen-keys.ts';
import { routeCarries, type SocketTarget } from './socket-paths.ts';
import { readControl } from './stream-control.ts';
import type { StreamHub, StreamMember } from './stream-hub.ts';
import type { TimeUnit } from './time-unit.ts';
import { type UserDataHub, UserEvent, type UserSink } from './user-data.ts';
import type { WireSocket } from './wire-socket.ts';

export interface StreamConnectionOptions {
  readonly target: Extract<SocketTarget, { kind: 'streams' }>;
  readonly unit: TimeUnit;
  readonly hub: StreamHub;
  readonly userData: UserDataHub;
  readonly listenKeys: ListenKeys;
  readonly nowMs: () => number;
}

/** A connection to market streams, to user data by listen key, or both. */
export class StreamConnection implements StreamMember, ListenKeyUser {
  readonly #wire: WireSocket;
  readonly #o: StreamConnectionOptions;
  /** As subscribed, unknown and wrongly routed names included: they are listed, and never carry data. */
  readonly #names = new Set<string>();
  readonly #sinks = new Map<string, UserSink>();
  #combined: boolean;

  constructor(wire: WireSocket, options: StreamConnectionOptions) {
    this.#wire = wire;
    this.#o = options;
    this.#combined = options.target.combined;
    wire.onText((text) => this.#take(text));
    wire.onClose(() => this.#close());
    this.#subscribe(options.target.names);
  }

  write(frames: Buffer): void {
    this.#wire.write(frames);
  }

  listenKeyEnded(key: string, isExpired: boolean): void {
    const sink = this.#sinks.get(key);
    if (sink === undefined) return;
    if (isExpired) sink.deliver(new UserEvent({ e: 'listenKeyExpired', E: this.#o.nowMs(), listenKey: key }));
    this.#detach(key);
  }

  #take(text: string): void {
    const request = readControl(text);
    // What was published before the answer must arrive before it.
    this.#o.hub.flushFor(this);
    switch (request.kind) {
      case 'refused':
        this.#wire.sendText(request.reply);
        return;
      case 'list':
        this.#answer(JSON.stringify([...this.#names]), request.id);
        return;
      case 'get-combined':
        this.#answer(String(this.#combined), request.id);
        return;
      case 'set-combined':
        this.#combined = request.value;
        this.#listen();
        break;
      case 'subscribe':
        if (!this.#subscribe(request.streams)) return;
        break;
      case 'unsubscribe':
        for (const name of request.streams) {
          this.#names.delete(name);
          this.#detach(name);
        }
        this.#listen();
        break;
    }
    this.#answer('null', request.id);
  }

  #answer(result: string, id: string): void {
    this.#wire.sendText(`{"result":${result},"id":${id}}`);
  }

  #subscribe(names: readonly string[]): boolean {
    for (const name of names) {
      this.#names.add(name);
      this.#attach(name);
    }
    if (this.#names.size > STREAMS_EACH_CONNECTION) {
      this.#wire.refuse(`Too many streams: at most ${STREAMS_EACH_CONNECTION} on a connection`);
      return false;
    }
    this.#listen();
    return true;
  }

  #listen(): void {
    const { hub, target, unit } = this.#o;
    const isCarried = (name: string): boolean => target.product === 'spot' || routeCarries(target.route, name);
    hub.listen(this, new Set([...this.#names].filter(isCarried)), { combined: this.#combined, unit });
  }

  /** Where a name is a listen key, the account's events come here. */
  #attach(key: string): void {
    const { listenKeys, userData, target, unit } = this.#o;
    const account = listenKeys.accountOf(key);
    if (account === null || this.#sinks.has(key)) return;
    const wanted = target.events.get(key) ?? target.events.get('');
    const sink: UserSink = {
      account,
      deliver: (event) => {
        if (wanted && !wanted.has(event.type) && event.type !== 'listenKeyExpired') return;
        const json = event.json(unit);
        this.#o.hub.flushFor(this);
        this.#wire.sendText(this.#combined ? `{"stream":"${key}","data":${json}}` : json);
      },
    };
    this.#sinks.set(key, sink);
    userData.add(sink);
    listenKeys.attach(key, this);
  }

  #detach(key: string): void {
    const sink = this.#sinks.get(key);
    if (sink === undefined) return;
    this.#sinks.delete(key);
    this.#o.userData.remove(sink);
    this.#o.listenKeys.detach(key, this);
  }

  #close(): void {
    this.#o.hub.leave(this);
    for (const key of [...this.#sinks.keys()]) this.#detach(key);
  }
}
