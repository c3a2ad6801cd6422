import type { Buffer } from 'node:buffer';
import type { Frame } from '../wire/frame.ts';
import { emptyMessage } from '../wire/message-builder.ts';
import { MessageCursor } from '../wire/message-cursor.ts';
import { FrontendType } from './frontend-type.ts';

/** Flush (F): asks for pending answers without ending the pipeline. */
export interface Flush {
  readonly type: 'Flush';
}

export function decodeFlush(frame: Frame): Flush {
  MessageCursor.over(frame, FrontendType.Flush).finish();
  return { type: 'Flush' };
}

export function encodeFlush(): Buffer {
  return emptyMessage(FrontendType.Flush);
}
