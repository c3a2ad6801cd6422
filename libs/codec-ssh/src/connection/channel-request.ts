import type { Buffer } from 'node:buffer';
import { WireReader } from '../wire/wire-reader.ts';
import { WireWriter } from '../wire/wire-writer.ts';
import {
  decodeChannelRequestKind,
  encodeChannelRequestKind,
  type ChannelRequestKind,
} from './channel-request-kind.ts';
import { ConnectionNumber } from './message-number.ts';

/** SSH_MSG_CHANNEL_REQUEST. */
export interface ChannelRequest {
  readonly type: 'CHANNEL_REQUEST';
  readonly recipientChannel: number;
  readonly wantReply: boolean;
  readonly request: ChannelRequestKind;
}

export function decodeChannelRequest(payload: Uint8Array): ChannelRequest {
  const reader = WireReader.over(payload, ConnectionNumber.CHANNEL_REQUEST);
  const recipientChannel = reader.uint32();
  const name = reader.name();
  const wantReply = reader.boolean();
  const request = decodeChannelRequestKind(name, reader);
  reader.finish();
  return { type: 'CHANNEL_REQUEST', recipientChannel, wantReply, request };
}

export function encodeChannelRequest(message: Omit<ChannelRequest, 'type'>): Buffer {
  const { request } = message;
  const writer = new WireWriter(ConnectionNumber.CHANNEL_REQUEST)
    .uint32(message.recipientChannel)
    .text(request.kind === 'unknown' ? request.name : request.kind)
    .boolean(message.wantReply);
  return encodeChannelRequestKind(writer, request).finish();
}
