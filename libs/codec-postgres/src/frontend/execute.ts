import type { Buffer } from 'node:buffer';
import type { Frame } from '../wire/frame.ts';
import { MessageBuilder } from '../wire/message-builder.ts';
import { MessageCursor } from '../wire/message-cursor.ts';
import { FrontendType } from './frontend-type.ts';

/** Execute (F): runs a portal, or goes on with a suspended one. */
export interface Execute {
  readonly type: 'Execute';
  readonly portal: string;
  /** Rows after which the portal is suspended; 0 (or less): no limit. */
  readonly maxRows: number;
}

export function decodeExecute(frame: Frame): Execute {
  const cursor = MessageCursor.over(frame, FrontendType.Execute);
  const portal = cursor.text();
  const maxRows = cursor.int32();
  cursor.finish();
  return { type: 'Execute', portal, maxRows };
}

export function encodeExecute(portal: string, maxRows: number): Buffer {
  return new MessageBuilder(FrontendType.Execute).text(portal).int32(maxRows).finish();
}
