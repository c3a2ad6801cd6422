import type { Buffer } from 'node:buffer';
import type { Frame } from '../wire/frame.ts';
import { emptyMessage } from '../wire/message-builder.ts';
import { MessageCursor } from '../wire/message-cursor.ts';
import { BackendType } from './backend-type.ts';

/** NoData (B): what was described gives no rows. */
export interface NoData {
  readonly type: 'NoData';
}

export function decodeNoData(frame: Frame): NoData {
  MessageCursor.over(frame, BackendType.NoData).finish();
  return { type: 'NoData' };
}

export function encodeNoData(): Buffer {
  return emptyMessage(BackendType.NoData);
}
