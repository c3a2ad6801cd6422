import type { Buffer } from 'node:buffer';
import { decodeChannelOnly, encodeChannelOnly } from './channel-only.ts';
import { ConnectionNumber } from './message-number.ts';

/** SSH_MSG_CHANNEL_FAILURE: refuses the oldest request of the channel still waiting for an answer. */
export interface ChannelFailure {
  readonly type: 'CHANNEL_FAILURE';
  readonly recipientChannel: number;
}

export function decodeChannelFailure(payload: Uint8Array): ChannelFailure {
  return {
    type: 'CHANNEL_FAILURE',
    recipientChannel: decodeChannelOnly(payload, ConnectionNumber.CHANNEL_FAILURE),
  };
}

export function encodeChannelFailure(recipientChannel: number): Buffer {
  return encodeChannelOnly(ConnectionNumber.CHANNEL_FAILURE, recipientChannel);
}
