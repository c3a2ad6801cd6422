import type { Buffer } from 'node:buffer';
import type { Frame } from '../wire/frame.ts';
import { emptyMessage } from '../wire/message-builder.ts';
import { MessageCursor } from '../wire/message-cursor.ts';
import { BackendType } from './backend-type.ts';

/** CloseComplete (B): a statement or portal was forgotten. */
export interface CloseComplete {
  readonly type: 'CloseComplete';
}

export function decodeCloseComplete(frame: Frame): CloseComplete {
  MessageCursor.over(frame, BackendType.CloseComplete).finish();
  return { type: 'CloseComplete' };
}

export function encodeCloseComplete(): Buffer {
  return emptyMessage(BackendType.CloseComplete);
}
