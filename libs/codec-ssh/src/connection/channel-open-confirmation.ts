import type { Buffer } from 'node:buffer';
import { WireReader } from '../wire/wire-reader.ts';
import { WireWriter } from '../wire/wire-writer.ts';
import { ConnectionNumber } from './message-number.ts';

/** SSH_MSG_CHANNEL_OPEN_CONFIRMATION. */
export interface ChannelOpenConfirmation {
  readonly type: 'CHANNEL_OPEN_CONFIRMATION';
  readonly recipientChannel: number;
  readonly senderChannel: number;
  readonly initialWindowSize: number;
  readonly maximumPacketSize: number;
  /** What a channel type adds; none of the known ones does. */
  readonly data: Buffer;
}

export function decodeChannelOpenConfirmation(payload: Uint8Array): ChannelOpenConfirmation {
  const reader = WireReader.over(payload, ConnectionNumber.CHANNEL_OPEN_CONFIRMATION);
  return {
    type: 'CHANNEL_OPEN_CONFIRMATION',
    recipientChannel: reader.uint32(),
    senderChannel: reader.uint32(),
    initialWindowSize: reader.uint32(),
    maximumPacketSize: reader.uint32(),
    data: reader.rest(),
  };
}

export function encodeChannelOpenConfirmation(
  message: Omit<ChannelOpenConfirmation, 'type' | 'data'> & { readonly data?: Uint8Array },
): Buffer {
  return new WireWriter(ConnectionNumber.CHANNEL_OPEN_CONFIRMATION)
    .uint32(message.recipientChannel)
    .uint32(message.senderChannel)
    .uint32(message.initialWindowSize)
    .uint32(message.maximumPacketSize)
    .bytes(message.data ?? new Uint8Array())
    .finish();
}
