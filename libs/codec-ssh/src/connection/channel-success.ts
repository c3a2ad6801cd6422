import type { Buffer } from 'node:buffer';
import { decodeChannelOnly, encodeChannelOnly } from './channel-only.ts';
import { ConnectionNumber } from './message-number.ts';

/** SSH_MSG_CHANNEL_SUCCESS: the answer to the oldest request of the channel still waiting for one. */
export interface ChannelSuccess {
  readonly type: 'CHANNEL_SUCCESS';
  readonly recipientChannel: number;
}

export function decodeChannelSuccess(payload: Uint8Array): ChannelSuccess {
  return {
    type: 'CHANNEL_SUCCESS',
    recipientChannel: decodeChannelOnly(payload, ConnectionNumber.CHANNEL_SUCCESS),
  };
}

export function encodeChannelSuccess(recipientChannel: number): Buffer {
  return encodeChannelOnly(ConnectionNumber.CHANNEL_SUCCESS, recipientChannel);
}
