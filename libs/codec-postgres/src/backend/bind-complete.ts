import type { Buffer } from 'node:buffer';
import type { Frame } from '../wire/frame.ts';
import { emptyMessage } from '../wire/message-builder.ts';
import { MessageCursor } from '../wire/message-cursor.ts';
import { BackendType } from './backend-type.ts';

/** BindComplete (B): a portal was made. */
export interface BindComplete {
  readonly type: 'BindComplete';
}

export function decodeBindComplete(frame: Frame): BindComplete {
  MessageCursor.over(frame, BackendType.BindComplete).finish();
  return { type: 'BindComplete' };
}

export function encodeBindComplete(): Buffer {
  return emptyMessage(BackendType.BindComplete);
}
