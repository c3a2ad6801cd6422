import type { Buffer } from 'node:buffer';
import type { Frame } from '../wire/frame.ts';
import { MessageBuilder } from '../wire/message-builder.ts';
import { MessageCursor } from '../wire/message-cursor.ts';
import { FrontendType } from './frontend-type.ts';

/** SASLInitialResponse (F): the chosen mechanism and its first message, if it has one. */
export interface SASLInitialResponse {
  readonly type: 'SASLInitialResponse';
  readonly mechanism: string;
  readonly data: Buffer | null;
}

export function decodeSASLInitialResponse(frame: Frame): SASLInitialResponse {
  const cursor = MessageCursor.over(frame, FrontendType.Password);
  const mechanism = cursor.text();
  const data = cursor.nullableBytes();
  cursor.finish();
  return { type: 'SASLInitialResponse', mechanism, data };
}

export function encodeSASLInitialResponse(mechanism: string, data: Uint8Array | null): Buffer {
  return new MessageBuilder(FrontendType.Password).text(mechanism).nullableBytes(data).finish();
}
