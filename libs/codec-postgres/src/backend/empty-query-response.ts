import type { Buffer } from 'node:buffer';
import type { Frame } from '../wire/frame.ts';
import { emptyMessage } from '../wire/message-builder.ts';
import { MessageCursor } from '../wire/message-cursor.ts';
import { BackendType } from './backend-type.ts';

/** EmptyQueryResponse (B): stands for CommandComplete after an empty statement. */
export interface EmptyQueryResponse {
  readonly type: 'EmptyQueryResponse';
}

export function decodeEmptyQueryResponse(frame: Frame): EmptyQueryResponse {
  MessageCursor.over(frame, BackendType.EmptyQueryResponse).finish();
  return { type: 'EmptyQueryResponse' };
}

export function encodeEmptyQueryResponse(): Buffer {
  return emptyMessage(BackendType.EmptyQueryResponse);
}
