import type { Buffer } from 'node:buffer';
import type { Frame } from '../wire/frame.ts';
import { MessageBuilder } from '../wire/message-builder.ts';
import { MessageCursor } from '../wire/message-cursor.ts';
import { FrontendType } from './frontend-type.ts';

/** CopyFail (F): ends a COPY FROM STDIN as failed. */
export interface CopyFail {
  readonly type: 'CopyFail';
  readonly reason: string;
}

export function decodeCopyFail(frame: Frame): CopyFail {
  const cursor = MessageCursor.over(frame, FrontendType.CopyFail);
  const reason = cursor.displayText();
  cursor.finish();
  return { type: 'CopyFail', reason };
}

export function encodeCopyFail(reason: string): Buffer {
  return new MessageBuilder(FrontendType.CopyFail).text(reason).finish();
}
