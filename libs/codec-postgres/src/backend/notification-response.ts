import type { Buffer } from 'node:buffer';
import type { Frame } from '../wire/frame.ts';
import { MessageBuilder } from '../wire/message-builder.ts';
import { MessageCursor } from '../wire/message-cursor.ts';
import { BackendType } from './backend-type.ts';

/** NotificationResponse (B): a NOTIFY that the session listens to. */
export interface NotificationResponse {
  readonly type: 'NotificationResponse';
  readonly processId: number;
  readonly channel: string;
  readonly payload: string;
}

export function decodeNotificationResponse(frame: Frame): NotificationResponse {
  const cursor = MessageCursor.over(frame, BackendType.NotificationResponse);
  const processId = cursor.uint32();
  const channel = cursor.displayText();
  const payload = cursor.displayText();
  cursor.finish();
  return { type: 'NotificationResponse', processId, channel, payload };
}

export function encodeNotificationResponse(processId: number, channel: string, payload: string): Buffer {
  return new MessageBuilder(BackendType.NotificationResponse)
    .uint32(processId)
    .text(channel)
    .text(payload)
    .finish();
}
