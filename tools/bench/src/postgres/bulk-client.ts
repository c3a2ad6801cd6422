/**
 * Sends one Query and counts bytes until ReadyForQuery, reading into one large
 * buffer, so that the client is not what is measured. Target and SQL come in
 * BULK_TARGET; prints `{"bytes", "seconds"}`.
 */
import { Socket } from 'node:net';
import { Client } from 'pg';

const READ_BYTES = 1024 * 1024;
const END_OF_ANSWER = Buffer.from('5a0000000549', 'hex');

interface Target {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly sql: string;
}

const { sql, ...target } = JSON.parse(process.env['BULK_TARGET'] ?? '') as Target;

/** Set once the connection is taken over from the driver. */
let onBytes: ((bytes: Buffer) => void) | undefined;
const socket: Socket = new Socket({
  onread: {
    buffer: Buffer.allocUnsafe(READ_BYTES),
    callback: (length: number, buffer: Buffer): boolean => {
      const bytes = buffer.subarray(0, length);
      if (onBytes === undefined) socket.emit('data', Buffer.from(bytes));
      else onBytes(bytes);
      return true;
    },
  },
});
const client = new Client({ ...target, ssl: false, stream: () => socket });
await client.connect();

const answer = await new Promise<{ bytes: number; seconds: number }>((resolve, reject) => {
  let bytes = 0;
  let tail = Buffer.alloc(0);
  socket.once('close', () => reject(new Error('the connection was closed in the middle of the answer')));
  onBytes = (chunk) => {
    if (bytes === 0 && chunk[0] === 0x45) reject(new Error(`the query failed: ${chunk.toString('latin1')}`));
    bytes += chunk.length;
    tail = Buffer.concat([tail, chunk.subarray(-END_OF_ANSWER.length)]).subarray(-END_OF_ANSWER.length);
    if (tail.equals(END_OF_ANSWER)) resolve({ bytes, seconds: (performance.now() - started) / 1000 });
  };
  const started = performance.now();
  const text = Buffer.from(`${sql}\0`);
  const query = Buffer.alloc(5 + text.length);
  query.write('Q');
  query.writeInt32BE(4 + text.length, 1);
  text.copy(query, 5);
  socket.write(query);
});
// The driver has lost its connection to this program, so it is not asked to end it.
process.stdout.write(JSON.stringify(answer), () => process.exit(0));
