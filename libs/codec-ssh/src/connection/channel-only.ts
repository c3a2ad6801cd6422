import { Buffer } from 'node:buffer';
import { WireReader } from '../wire/wire-reader.ts';
import type { ConnectionNumber } from './message-number.ts';

/** The four messages that say nothing but which channel they are about. */
export function decodeChannelOnly(payload: Uint8Array, number: ConnectionNumber): number {
  const reader = WireReader.over(payload, number);
  const recipientChannel = reader.uint32();
  reader.finish();
  return recipientChannel;
}

export function encodeChannelOnly(number: ConnectionNumber, recipientChannel: number): Buffer {
  const payload = Buffer.allocUnsafe(5);
  payload[0] = number;
  payload.writeUInt32BE(recipientChannel, 1);
  return payload;
}
