import type { Buffer } from 'node:buffer';
import type { Frame } from './frame.ts';
import { emptyMessage } from './message-builder.ts';
import { MessageCursor } from './message-cursor.ts';

/** Type byte of CopyDone, the same in both directions. */
export const COPY_DONE = 0x63;

/** CopyDone (F & B): ends a COPY stream. */
export interface CopyDone {
  readonly type: 'CopyDone';
}

export function decodeCopyDone(frame: Frame): CopyDone {
  MessageCursor.over(frame, COPY_DONE).finish();
  return { type: 'CopyDone' };
}

export function encodeCopyDone(): Buffer {
  return emptyMessage(COPY_DONE);
}
