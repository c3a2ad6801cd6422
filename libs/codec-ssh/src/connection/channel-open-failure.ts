import type { Buffer } from 'node:buffer';
import { WireReader } from '../wire/wire-reader.ts';
import { WireWriter } from '../wire/wire-writer.ts';
import { ConnectionNumber } from './message-number.ts';

/** Reason codes of SSH_MSG_CHANNEL_OPEN_FAILURE (RFC 4254, 5.1). */
export const ChannelOpenFailureReason = {
  ADMINISTRATIVELY_PROHIBITED: 1,
  CONNECT_FAILED: 2,
  UNKNOWN_CHANNEL_TYPE: 3,
  RESOURCE_SHORTAGE: 4,
} as const;

/** SSH_MSG_CHANNEL_OPEN_FAILURE. */
export interface ChannelOpenFailure {
  readonly type: 'CHANNEL_OPEN_FAILURE';
  readonly recipientChannel: number;
  /** One of `ChannelOpenFailureReason`, or a private one. */
  readonly reasonCode: number;
  readonly description: string;
  readonly languageTag: string;
}

export function decodeChannelOpenFailure(payload: Uint8Array): ChannelOpenFailure {
  const reader = WireReader.over(payload, ConnectionNumber.CHANNEL_OPEN_FAILURE);
  const recipientChannel = reader.uint32();
  const reasonCode = reader.uint32();
  const description = reader.displayText();
  // OpenSSH leaves the language tag out towards some old peers, and lets it be left out.
  const languageTag = reader.remaining === 0 ? '' : reader.displayText();
  reader.finish();
  return { type: 'CHANNEL_OPEN_FAILURE', recipientChannel, reasonCode, description, languageTag };
}

export function encodeChannelOpenFailure(
  message: Omit<ChannelOpenFailure, 'type' | 'languageTag'> & { readonly languageTag?: string },
): Buffer {
  return new WireWriter(ConnectionNumber.CHANNEL_OPEN_FAILURE)
    .uint32(message.recipientChannel)
    .uint32(message.reasonCode)
    .text(message.description)
    .text(message.languageTag ?? '')
    .finish();
}
