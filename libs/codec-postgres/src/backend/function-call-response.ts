import type { Buffer } from 'node:buffer';
import type { Frame } from '../wire/frame.ts';
import { MessageBuilder } from '../wire/message-builder.ts';
import { MessageCursor } from '../wire/message-cursor.ts';
import { BackendType } from './backend-type.ts';

/** FunctionCallResponse (B): the value that a FunctionCall gave. */
export interface FunctionCallResponse {
  readonly type: 'FunctionCallResponse';
  readonly value: Buffer | null;
}

export function decodeFunctionCallResponse(frame: Frame): FunctionCallResponse {
  const cursor = MessageCursor.over(frame, BackendType.FunctionCallResponse);
  const value = cursor.nullableBytes();
  cursor.finish();
  return { type: 'FunctionCallResponse', value };
}

export function encodeFunctionCallResponse(value: Uint8Array | null): Buffer {
  return new MessageBuilder(BackendType.FunctionCallResponse).nullableBytes(value).finish();
}
