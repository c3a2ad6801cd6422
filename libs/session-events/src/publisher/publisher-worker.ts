import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { JetStreamSink } from '../nats/jetstream-sink.ts';
import { SpoolProgress } from '../spool/spool-progress.ts';
import { readWatermark, writeWatermark, type Watermark } from '../spool/watermark.ts';
import { PublisherLoop } from './publisher-loop.ts';
import type { PublisherCommand, PublisherReport, PublisherWorkerData } from './publisher-messages.ts';
import { SpoolCursor } from './spool-cursor.ts';

// The publisher's thread: reads the spool's files and publishes them. It runs at
// a lower priority, so that the data path comes first where cores are short.

const WATERMARK_MS = 1000;
const REPORT_MS = 200;

const port = parentPort;
if (port === null) throw new Error('the publisher runs in a thread of its own');
const data = workerData as PublisherWorkerData;
const progress = new SpoolProgress(data.progress);
const report = (message: PublisherReport): void => {
  port.postMessage(message);
};

// Thread id 0 is the calling thread: on Linux a niceness belongs to a thread (setpriority(2)).
if (process.platform === 'linux') setPriority(0, data.niceness);

// The client of NATS makes an Error for each message, to have a stack if it needs one.
Error.stackTraceLimit = 0;

let latest: Watermark | undefined;
let written: Watermark | undefined;
let reportedAtMs = 0;

const loop: PublisherLoop = new PublisherLoop({
  progress,
  cursor: new SpoolCursor(data.directory, data.maxEventBytes, progress.acked, (damage) => {
    report({ type: 'damage', ...damage });
  }),
  sink: new JetStreamSink(data.nats, data.stream),
  watermark: readWatermark(data.directory),
  onProgress: (watermark) => {
    latest = watermark;
    const now = performance.now();
    if (now - reportedAtMs >= REPORT_MS || progress.urgent) reportProgress(now);
  },
  onDrained: (sessionId) => {
    report({ type: 'drained', sessionId });
  },
  onTrouble: (error) => {
    report({ type: 'trouble', message: error?.message });
  },
  onNotAnEvent: (position) => {
    report({ type: 'damage', base: position, position, bytes: 0 });
  },
});

function reportProgress(now: number): void {
  reportedAtMs = now;
  const { publishedMessages, publishedBytes, restarts } = loop;
  report({ type: 'progress', counts: { publishedMessages, publishedBytes, restarts } });
}

function keepWatermark(): void {
  if (latest === undefined || latest === written) return;
  writeWatermark(data.directory, latest);
  written = latest;
}

const timer = setInterval(keepWatermark, WATERMARK_MS);
port.on('message', (command: PublisherCommand) => {
  if (command.type === 'drain') loop.drain(command.sessions);
  else loop.stop();
});
await loop.run();
clearInterval(timer);
keepWatermark();
reportProgress(performance.now());
port.close();
