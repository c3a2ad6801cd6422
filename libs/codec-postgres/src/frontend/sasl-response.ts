import type { Buffer } from 'node:buffer';
import type { Frame } from '../wire/frame.ts';
import { MessageBuilder } from '../wire/message-builder.ts';
import { MessageCursor } from '../wire/message-cursor.ts';
import { FrontendType } from './frontend-type.ts';

/** SASLResponse (F): a later message of the mechanism. */
export interface SASLResponse {
  readonly type: 'SASLResponse';
  readonly data: Buffer;
}

export function decodeSASLResponse(frame: Frame): SASLResponse {
  return { type: 'SASLResponse', data: MessageCursor.over(frame, FrontendType.Password).rest() };
}

export function encodeSASLResponse(data: Uint8Array): Buffer {
  return new MessageBuilder(FrontendType.Password, data.length).bytes(data).finish();
}
