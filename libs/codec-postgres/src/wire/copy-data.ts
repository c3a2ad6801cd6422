import type { Buffer } from 'node:buffer';
import type { Frame } from './frame.ts';
import { MessageBuilder } from './message-builder.ts';
import { MessageCursor } from './message-cursor.ts';

/** Type byte of CopyData, the same in both directions. */
export const COPY_DATA = 0x64;

/** CopyData (F & B): a piece of a COPY stream. From a client it may end anywhere; servers send one row in each. */
export interface CopyData {
  readonly type: 'CopyData';
  readonly data: Buffer;
}

export function decodeCopyData(frame: Frame): CopyData {
  return { type: 'CopyData', data: MessageCursor.over(frame, COPY_DATA).rest() };
}

export function encodeCopyData(data: Uint8Array): Buffer {
  return new MessageBuilder(COPY_DATA, data.length).bytes(data).finish();
}
