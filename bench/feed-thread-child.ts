// A thread that hands trades over through a shared queue, one when each is due, stamped with the time at which it was written.
import { workerData } from 'node:worker_threads';
import { QueueSink, RecordWriter } from '../src/adapters/threaded/records.ts';
import { QueueWriter } from '../src/connectivity/shared-queue.ts';

const { queue, records, perSecond } = workerData as {
  readonly queue: SharedArrayBuffer;
  readonly records: number;
  /** 0: as fast as it goes. */
  readonly perSecond: number;
};
const writer = new QueueWriter(queue);
const sink = new QueueSink(new RecordWriter(writer), 1);
const sleep = new Int32Array(new SharedArrayBuffer(4));
const nowUs = (): number => Number(process.hrtime.bigint()) / 1000;
const startUs = nowUs();
for (let k = 0; k < records; k++) {
  if (perSecond > 0) {
    const dueUs = startUs + (k * 1e6) / perSecond;
    for (let leftUs = dueUs - nowUs(); leftUs > 0; leftUs = dueUs - nowUs())
      if (leftUs > 200) Atomics.wait(sleep, 0, 0, (leftUs - 100) / 1000);
  }
  sink.trade(0, perSecond > 0 ? nowUs() : 0, 0, k, 100, 1, 1);
}
writer.close();
