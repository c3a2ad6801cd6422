import type { Buffer } from 'node:buffer';
import type { Frame } from '../wire/frame.ts';
import { emptyMessage } from '../wire/message-builder.ts';
import { MessageCursor } from '../wire/message-cursor.ts';
import { BackendType } from './backend-type.ts';

/** ParseComplete (B): a statement was prepared. */
export interface ParseComplete {
  readonly type: 'ParseComplete';
}

export function decodeParseComplete(frame: Frame): ParseComplete {
  MessageCursor.over(frame, BackendType.ParseComplete).finish();
  return { type: 'ParseComplete' };
}

export function encodeParseComplete(): Buffer {
  return emptyMessage(BackendType.ParseComplete);
}
