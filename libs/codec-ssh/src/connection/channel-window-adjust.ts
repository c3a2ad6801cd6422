import { Buffer } from 'node:buffer';
import { WireReader } from '../wire/wire-reader.ts';
import { ConnectionNumber } from './message-number.ts';

/** SSH_MSG_CHANNEL_WINDOW_ADJUST. */
export interface ChannelWindowAdjust {
  readonly type: 'CHANNEL_WINDOW_ADJUST';
  readonly recipientChannel: number;
  /** Added to the window, which never grows past 2^32 - 1 (RFC 4254, 5.2). */
  readonly bytesToAdd: number;
}

export function decodeChannelWindowAdjust(payload: Uint8Array): ChannelWindowAdjust {
  const reader = WireReader.over(payload, ConnectionNumber.CHANNEL_WINDOW_ADJUST);
  const recipientChannel = reader.uint32();
  const bytesToAdd = reader.uint32();
  reader.finish();
  return { type: 'CHANNEL_WINDOW_ADJUST', recipientChannel, bytesToAdd };
}

export function encodeChannelWindowAdjust(recipientChannel: number, bytesToAdd: number): Buffer {
  const payload = Buffer.allocUnsafe(9);
  payload[0] = ConnectionNumber.CHANNEL_WINDOW_ADJUST;
  payload.writeUInt32BE(recipientChannel, 1);
  payload.writeUInt32BE(bytesToAdd, 5);
  return payload;
}
