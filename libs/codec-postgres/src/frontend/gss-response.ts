import type { Buffer } from 'node:buffer';
import type { Frame } from '../wire/frame.ts';
import { MessageBuilder } from '../wire/message-builder.ts';
import { MessageCursor } from '../wire/message-cursor.ts';
import { FrontendType } from './frontend-type.ts';

/** GSSResponse (F): a GSSAPI or SSPI token. */
export interface GSSResponse {
  readonly type: 'GSSResponse';
  readonly data: Buffer;
}

export function decodeGSSResponse(frame: Frame): GSSResponse {
  return { type: 'GSSResponse', data: MessageCursor.over(frame, FrontendType.Password).rest() };
}

export function encodeGSSResponse(data: Uint8Array): Buffer {
  return new MessageBuilder(FrontendType.Password, data.length).bytes(data).finish();
}
