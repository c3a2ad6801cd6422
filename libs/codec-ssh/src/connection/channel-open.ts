import type { Buffer } from 'node:buffer';
import { WireReader } from '../wire/wire-reader.ts';
import { WireWriter } from '../wire/wire-writer.ts';
import { ConnectionNumber } from './message-number.ts';

/**
 * What kind of channel is asked for (RFC 4254, 6.1, 6.3.2, 7.2; OpenSSH
 * PROTOCOL 2.3, 2.4; the agent draft). Everything else keeps its bytes.
 */
export type ChannelOpenKind =
  | { readonly kind: 'session' }
  | {
      readonly kind: 'direct-tcpip' | 'forwarded-tcpip';
      /** direct: where to connect to. forwarded: the address that was listened on. */
      readonly host: string;
      readonly port: number;
      readonly originatorAddress: string;
      readonly originatorPort: number;
    }
  | {
      readonly kind: 'direct-streamlocal@openssh.com';
      readonly socketPath: Buffer;
      /** Reserved: what the opener put there, handed on as it came. */
      readonly originator: Buffer;
      readonly originatorPort: number;
    }
  | {
      readonly kind: 'forwarded-streamlocal@openssh.com';
      readonly socketPath: Buffer;
      readonly reserved: Buffer;
    }
  | { readonly kind: 'x11'; readonly originatorAddress: string; readonly originatorPort: number }
  | { readonly kind: 'auth-agent@openssh.com' }
  | {
      readonly kind: 'tun@openssh.com';
      /** 1: point to point (layer 3), 2: ethernet (layer 2). */
      readonly mode: number;
      /** 0x7fffffff: any. */
      readonly unit: number;
    }
  | { readonly kind: 'unknown'; readonly name: string; readonly data: Buffer };

/** SSH_MSG_CHANNEL_OPEN. */
export interface ChannelOpen {
  readonly type: 'CHANNEL_OPEN';
  readonly senderChannel: number;
  /** Bytes that the opener takes before it must adjust its window. */
  readonly initialWindowSize: number;
  /** Most data bytes of one message that the opener takes. */
  readonly maximumPacketSize: number;
  readonly open: ChannelOpenKind;
}

export function decodeChannelOpen(payload: Uint8Array): ChannelOpen {
  const reader = WireReader.over(payload, ConnectionNumber.CHANNEL_OPEN);
  const name = reader.name();
  const senderChannel = reader.uint32();
  const initialWindowSize = reader.uint32();
  const maximumPacketSize = reader.uint32();
  const open = decodeKind(name, reader);
  reader.finish();
  return { type: 'CHANNEL_OPEN', senderChannel, initialWindowSize, maximumPacketSize, open };
}

function decodeKind(name: string, reader: WireReader): ChannelOpenKind {
  switch (name) {
    case 'session':
    case 'auth-agent@openssh.com':
      return { kind: name };
    case 'direct-tcpip':
    case 'forwarded-tcpip':
      return {
        kind: name,
        host: reader.host(),
        port: reader.uint32(),
        originatorAddress: reader.host(),
        originatorPort: reader.uint32(),
      };
    case 'direct-streamlocal@openssh.com':
      return {
        kind: name,
        socketPath: reader.path(),
        originator: reader.string(),
        originatorPort: reader.uint32(),
      };
    case 'forwarded-streamlocal@openssh.com':
      return { kind: name, socketPath: reader.path(), reserved: reader.string() };
    case 'x11':
      return { kind: name, originatorAddress: reader.host(), originatorPort: reader.uint32() };
    case 'tun@openssh.com':
      return { kind: name, mode: reader.uint32(), unit: reader.uint32() };
    default:
      return { kind: 'unknown', name, data: reader.rest() };
  }
}

export function encodeChannelOpen(message: Omit<ChannelOpen, 'type'>): Buffer {
  const { open } = message;
  const writer = new WireWriter(ConnectionNumber.CHANNEL_OPEN)
    .text(open.kind === 'unknown' ? open.name : open.kind)
    .uint32(message.senderChannel)
    .uint32(message.initialWindowSize)
    .uint32(message.maximumPacketSize);
  encodeKind(writer, open);
  return writer.finish();
}

function encodeKind(writer: WireWriter, open: ChannelOpenKind): WireWriter {
  switch (open.kind) {
    case 'session':
    case 'auth-agent@openssh.com':
      return writer;
    case 'direct-tcpip':
    case 'forwarded-tcpip':
      writer.text(open.host).uint32(open.port);
      return writer.text(open.originatorAddress).uint32(open.originatorPort);
    case 'direct-streamlocal@openssh.com':
      return writer.cString(open.socketPath).string(open.originator).uint32(open.originatorPort);
    case 'forwarded-streamlocal@openssh.com':
      return writer.cString(open.socketPath).string(open.reserved);
    case 'x11':
      return writer.text(open.originatorAddress).uint32(open.originatorPort);
    case 'tun@openssh.com':
      return writer.uint32(open.mode).uint32(open.unit);
    case 'unknown':
      return writer.bytes(open.data);
  }
}
