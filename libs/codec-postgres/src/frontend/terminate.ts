import type { Buffer } from 'node:buffer';
import type { Frame } from '../wire/frame.ts';
import { emptyMessage } from '../wire/message-builder.ts';
import { MessageCursor } from '../wire/message-cursor.ts';
import { FrontendType } from './frontend-type.ts';

/** Terminate (F): ends the connection. */
export interface Terminate {
  readonly type: 'Terminate';
}

export function decodeTerminate(frame: Frame): Terminate {
  MessageCursor.over(frame, FrontendType.Terminate).finish();
  return { type: 'Terminate' };
}

export function encodeTerminate(): Buffer {
  return emptyMessage(FrontendType.Terminate);
}
