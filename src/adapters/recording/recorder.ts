import { createWriteStream, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { makeFolder } from '../../disk/make-folder.ts';
import type { BookView, FeedGap, FeedSink } from '../../ports/market-feed.ts';
import type { RecordedSubscription, Recorder } from '../../ports/recording.ts';
import { figure, levels, type Row, SCHEMA } from './row.ts';

/** Lines are handed to the disk in blocks of about this many characters. */
const BLOCK = 1 << 16;

/** Writes a recording; see {@link Row} for what stands in it. */
export class FileRecorder implements Recorder {
  rows = 0;
  readonly #out: NodeJS.WritableStream;
  readonly #done: Promise<void>;
  #block = '';

  constructor(path: string, startedAtMs: number) {
    if (existsSync(path)) throw new Error(`${path} is there already; a recording never overwrites a file`);
    makeFolder(dirname(path));
    const file = createWriteStream(path, { flush: true });
    this.#done = finished(file);
    // Told by close(): a failure in between must not end the process.
    this.#done.catch(() => {});
    if (path.endsWith('.gz')) {
      const zip = createGzip();
      zip.pipe(file);
      this.#out = zip;
    } else this.#out = file;
    this.#block = `${JSON.stringify({ schema: SCHEMA, startedAtMs })}\n`;
  }

  subscribed({ id, venue, request, instrument }: RecordedSubscription): void {
    this.#write(['sub', id, venue, request, instrument]);
  }

  trade(...[id, ...values]: Parameters<FeedSink['trade']>): void {
    this.#write(['trade', id, ...values.map(figure)]);
  }

  quote(...[id, ...values]: Parameters<FeedSink['quote']>): void {
    this.#write(['quote', id, ...values.map(figure)]);
  }

  bar(
    id: number,
    eventMs: number,
    receivedMs: number,
    openMs: number,
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number,
    isClosed: boolean,
  ): void {
    const values = [eventMs, receivedMs, openMs, open, high, low, close, volume, isClosed ? 1 : 0];
    this.#write(['bar', id, ...values.map(figure)]);
  }

  depth(id: number, eventMs: number, receivedMs: number, book: BookView): void {
    this.#write([
      'depth',
      id,
      figure(eventMs),
      figure(receivedMs),
      figure(book.updateId),
      levels(book.bids),
      levels(book.asks),
    ]);
  }

  mark(...[id, ...values]: Parameters<FeedSink['mark']>): void {
    this.#write(['mark', id, ...values.map(figure)]);
  }

  gap(id: number, gap: FeedGap): void {
    this.#write(['gap', id, gap]);
  }

  anomaly(...[id, code, detail]: Parameters<FeedSink['anomaly']>): void {
    this.#write(['odd', id, code, detail]);
  }

  async close(): Promise<void> {
    this.#out.end(this.#block);
    this.#block = '';
    await this.#done;
  }

  #write(row: Row): void {
    if (row[0] !== 'sub') this.rows++;
    this.#block += `${JSON.stringify(row)}\n`;
    if (this.#block.length < BLOCK) return;
    this.#out.write(this.#block);
    this.#block = '';
  }
}
