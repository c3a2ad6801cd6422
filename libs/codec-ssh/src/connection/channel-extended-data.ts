import { Buffer } from 'node:buffer';
import { WireReader } from '../wire/wire-reader.ts';
import { ConnectionNumber } from './message-number.ts';

/** The one data type that is defined (RFC 4254, 5.2). */
export const EXTENDED_DATA_STDERR = 1;

/** Bytes in front of the data: number, channel, data type, length. */
export const CHANNEL_EXTENDED_DATA_HEADER_BYTES = 13;

/** SSH_MSG_CHANNEL_EXTENDED_DATA. */
export interface ChannelExtendedData {
  readonly type: 'CHANNEL_EXTENDED_DATA';
  readonly recipientChannel: number;
  readonly dataType: number;
  /** A view of the payload. */
  readonly data: Buffer;
}

export function decodeChannelExtendedData(payload: Uint8Array): ChannelExtendedData {
  const reader = WireReader.over(payload, ConnectionNumber.CHANNEL_EXTENDED_DATA);
  const recipientChannel = reader.uint32();
  const dataType = reader.uint32();
  const data = reader.string();
  reader.finish();
  return { type: 'CHANNEL_EXTENDED_DATA', recipientChannel, dataType, data };
}

/** Writes the thirteen bytes in front of the data into `target`; returns where the data begins. */
export function writeChannelExtendedDataHeader(
  target: Buffer,
  at: number,
  recipientChannel: number,
  dataType: number,
  dataBytes: number,
): number {
  target[at] = ConnectionNumber.CHANNEL_EXTENDED_DATA;
  target.writeUInt32BE(recipientChannel, at + 1);
  target.writeUInt32BE(dataType, at + 5);
  target.writeUInt32BE(dataBytes, at + 9);
  return at + CHANNEL_EXTENDED_DATA_HEADER_BYTES;
}

/** The whole message; the data is copied once. */
export function encodeChannelExtendedData(
  recipientChannel: number,
  dataType: number,
  data: Uint8Array,
): Buffer {
  const payload = Buffer.allocUnsafe(CHANNEL_EXTENDED_DATA_HEADER_BYTES + data.length);
  payload.set(data, writeChannelExtendedDataHeader(payload, 0, recipientChannel, dataType, data.length));
  return payload;
}
