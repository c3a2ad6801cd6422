import type { Buffer } from 'node:buffer';
import type { Frame } from '../wire/frame.ts';
import { emptyMessage } from '../wire/message-builder.ts';
import { MessageCursor } from '../wire/message-cursor.ts';
import { FrontendType } from './frontend-type.ts';

/** Sync (F): ends a pipeline: errors up to it are skipped over, and ReadyForQuery answers it. */
export interface Sync {
  readonly type: 'Sync';
}

export function decodeSync(frame: Frame): Sync {
  MessageCursor.over(frame, FrontendType.Sync).finish();
  return { type: 'Sync' };
}

export function encodeSync(): Buffer {
  return emptyMessage(FrontendType.Sync);
}
