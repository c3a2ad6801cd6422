import { signingKeyFromPkcs8 } from '@sallyport/recording-format';
import { Publisher, Spool, type NatsOptions } from '@sallyport/session-events';
import { writeSync } from 'node:fs';
import { RecordedSession } from './recorded-session.ts';

// What a proxy does with its events, in a process of its own, so that it can be killed in mid-load. It
// writes "SESSION SEQUENCE" to standard output, synchronously, for what was accepted.
interface Orders {
  readonly spool: string;
  readonly nats: NatsOptions;
  readonly recordingKey: string;
  /** Sessions to keep busy; none: only publish what is there. */
  readonly sessions: readonly string[];
}

const orders = JSON.parse(process.argv[2] ?? '{}') as Orders;
const spool = await Spool.open(orders.spool);
Publisher.start(spool, { nats: orders.nats });
const key = signingKeyFromPkcs8(Buffer.from(orders.recordingKey, 'base64'));
const keepAlive = setInterval(() => undefined, 60_000);
process.on('SIGTERM', () => {
  clearInterval(keepAlive);
  process.exit(0);
});
await Promise.all(
  orders.sessions.map(async (id) => {
    const session = new RecordedSession(spool, key, id);
    await session.open();
    for (;;) {
      await session.statement(2000, session.statements % 5 === 0 ? 'synced' : 'written');
      writeSync(1, `${id} ${session.chain.sequence}\n`);
    }
  }),
);
