import type { Buffer } from 'node:buffer';
import { decodeChannelOnly, encodeChannelOnly } from './channel-only.ts';
import { ConnectionNumber } from './message-number.ts';

/** SSH_MSG_CHANNEL_EOF: no more data from the sender; the other direction stays open. */
export interface ChannelEof {
  readonly type: 'CHANNEL_EOF';
  readonly recipientChannel: number;
}

export function decodeChannelEof(payload: Uint8Array): ChannelEof {
  return {
    type: 'CHANNEL_EOF',
    recipientChannel: decodeChannelOnly(payload, ConnectionNumber.CHANNEL_EOF),
  };
}

export function encodeChannelEof(recipientChannel: number): Buffer {
  return encodeChannelOnly(ConnectionNumber.CHANNEL_EOF, recipientChannel);
}
