import { Buffer } from 'node:buffer';
import { CodecError } from '../wire/codec-error.ts';
import { asBuffer } from '../wire/wire-reader.ts';
import { ConnectionNumber } from './message-number.ts';

/** Bytes in front of the data: number, channel, length. */
export const CHANNEL_DATA_HEADER_BYTES = 9;

/** SSH_MSG_CHANNEL_DATA: the message that bulk goes through. */
export interface ChannelData {
  readonly type: 'CHANNEL_DATA';
  readonly recipientChannel: number;
  /** A view of the payload: whoever keeps it beyond the payload's life copies it. */
  readonly data: Buffer;
}

export function decodeChannelData(payload: Uint8Array): ChannelData {
  const bytes = asBuffer(payload);
  if (bytes[0] !== ConnectionNumber.CHANNEL_DATA)
    throw new CodecError('unexpected', 'A message of another type was expected.');
  if (bytes.length < CHANNEL_DATA_HEADER_BYTES)
    throw new CodecError('truncated', 'A message is shorter than its fields say.');
  const end = CHANNEL_DATA_HEADER_BYTES + bytes.readUInt32BE(5);
  if (end > bytes.length) throw new CodecError('truncated', 'A message is shorter than its fields say.');
  if (end < bytes.length) throw new CodecError('trailing', 'A message is longer than its fields say.');
  const data = bytes.subarray(CHANNEL_DATA_HEADER_BYTES);
  return { type: 'CHANNEL_DATA', recipientChannel: bytes.readUInt32BE(1), data };
}

/** The nine bytes that go in front of `dataBytes` bytes of data; the data itself is not touched. */
export function encodeChannelDataHeader(recipientChannel: number, dataBytes: number): Buffer {
  const header = Buffer.allocUnsafe(CHANNEL_DATA_HEADER_BYTES);
  writeChannelDataHeader(header, 0, recipientChannel, dataBytes);
  return header;
}

/** Writes those nine bytes into `target`, for whoever lays out a packet; returns where the data begins. */
export function writeChannelDataHeader(
  target: Buffer,
  at: number,
  recipientChannel: number,
  dataBytes: number,
): number {
  target[at] = ConnectionNumber.CHANNEL_DATA;
  target.writeUInt32BE(recipientChannel, at + 1);
  target.writeUInt32BE(dataBytes, at + 5);
  return at + CHANNEL_DATA_HEADER_BYTES;
}

/** The whole message; the data is copied once. */
export function encodeChannelData(recipientChannel: number, data: Uint8Array): Buffer {
  const payload = Buffer.allocUnsafe(CHANNEL_DATA_HEADER_BYTES + data.length);
  payload.set(data, writeChannelDataHeader(payload, 0, recipientChannel, data.length));
  return payload;
}
