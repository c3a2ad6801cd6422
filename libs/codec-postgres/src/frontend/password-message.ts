import type { Buffer } from 'node:buffer';
import type { Frame } from '../wire/frame.ts';
import { MessageBuilder } from '../wire/message-builder.ts';
import { MessageCursor } from '../wire/message-cursor.ts';
import { FrontendType } from './frontend-type.ts';

/** PasswordMessage (F): a password or its md5 form. A secret: never logged, never recorded. */
export interface PasswordMessage {
  readonly type: 'PasswordMessage';
  readonly password: string;
}

export function decodePasswordMessage(frame: Frame): PasswordMessage {
  const cursor = MessageCursor.over(frame, FrontendType.Password);
  const password = cursor.text();
  cursor.finish();
  return { type: 'PasswordMessage', password };
}

export function encodePasswordMessage(password: string): Buffer {
  return new MessageBuilder(FrontendType.Password).text(password).finish();
}
