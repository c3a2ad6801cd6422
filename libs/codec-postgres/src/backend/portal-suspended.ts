import type { Buffer } from 'node:buffer';
import type { Frame } from '../wire/frame.ts';
import { emptyMessage } from '../wire/message-builder.ts';
import { MessageCursor } from '../wire/message-cursor.ts';
import { BackendType } from './backend-type.ts';

/** PortalSuspended (B): an Execute reached its row limit and can go on. */
export interface PortalSuspended {
  readonly type: 'PortalSuspended';
}

export function decodePortalSuspended(frame: Frame): PortalSuspended {
  MessageCursor.over(frame, BackendType.PortalSuspended).finish();
  return { type: 'PortalSuspended' };
}

export function encodePortalSuspended(): Buffer {
  return emptyMessage(BackendType.PortalSuspended);
}
