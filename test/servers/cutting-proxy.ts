import { connect, createServer, type Server, type Socket } from 'node:net';

/** A wire to a server that breaks when it is told to. */
export class CuttingProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Bytes that still pass to the server. */
  #left = Number.POSITIVE_INFINITY;
  #wasCut = false;
  #losesAnswer = false;
  #snare: { readonly text: string; readonly spring: () => Promise<void> | void } | null = null;
  #told: () => void = () => {};

  private constructor(host: string, port: number) {
    this.#server = createServer((client) => {
      if (this.#left <= 0) {
        client.destroy();
        return;
      }
      const upstream = connect(port, host);
      for (const socket of [client, upstream]) {
        this.#sockets.add(socket);
        socket.on('error', () => socket.destroy());
        socket.on('close', () => this.#sockets.delete(socket));
      }
      client.on('data', (bytes) => this.#pass(bytes, upstream)).on('close', () => upstream.destroy());
      upstream.on('data', (bytes) => this.#answer(bytes, client)).on('close', () => client.destroy());
    });
  }

  static open(host: string, port: number): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(host, port);
    return new Promise((resolve) => proxy.#server.listen(0, '127.0.0.1', () => resolve(proxy)));
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  get wasCut(): boolean {
    return this.#wasCut;
  }

  /** Breaks every connection after so many further bytes to the server, and lets nobody connect from then on. */
  cutAfter(bytes: number): void {
    this.#left = bytes;
    this.#wasCut = false;
  }

  /** Resolves with the next cut. */
  nextCut(): Promise<void> {
    return new Promise((resolve) => {
      this.#told = resolve;
    });
  }

  /** The next thing that the server says is lost, and every connection with it; later ones work. */
  loseAnswer(): void {
    this.#losesAnswer = true;
    this.#wasCut = false;
  }

  /**
   * Once something with this text is on its way to the server: `spring` first, then what was said is passed on. Resolves when it has sprung. For a fault
   * in the very middle of a request.
   */
  before(text: string, spring: () => Promise<void> | void): Promise<void> {
    return new Promise((resolve) => {
      this.#snare = { text, spring: () => Promise.resolve(spring()).then(resolve) };
    });
  }

  restore(): void {
    this.#left = Number.POSITIVE_INFINITY;
    this.#losesAnswer = false;
    this.#snare = null;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #answer(bytes: Buffer, client: Socket): void {
    if (!this.#losesAnswer) {
      client.write(bytes);
      return;
    }
    this.#losesAnswer = false;
    this.#wasCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  #pass(bytes: Buffer, upstream: Socket): void {
    const snare = this.#snare;
    if (snare !== null && bytes.includes(snare.text)) {
      this.#snare = null;
      void Promise.resolve(snare.spring()).then(() => this.#pass(bytes, upstream));
      return;
    }
    if (bytes.length < this.#left) {
      this.#left -= bytes.length;
      upstream.write(bytes);
      return;
    }
    upstream.write(bytes.subarray(0, this.#left));
    this.#left = 0;
    this.#wasCut = true;
    for (const socket of this.#sockets) socket.destroy();
    this.#told();
  }
}
