import type { Buffer } from 'node:buffer';
import { decodeChannelOnly, encodeChannelOnly } from './channel-only.ts';
import { ConnectionNumber } from './message-number.ts';

/** SSH_MSG_CHANNEL_CLOSE: the channel ends when both sides have sent it. */
export interface ChannelClose {
  readonly type: 'CHANNEL_CLOSE';
  readonly recipientChannel: number;
}

export function decodeChannelClose(payload: Uint8Array): ChannelClose {
  return {
    type: 'CHANNEL_CLOSE',
    recipientChannel: decodeChannelOnly(payload, ConnectionNumber.CHANNEL_CLOSE),
  };
}

export function encodeChannelClose(recipientChannel: number): Buffer {
  return encodeChannelOnly(ConnectionNumber.CHANNEL_CLOSE, recipientChannel);
}
