import type { Buffer } from 'node:buffer';
import type { Frame } from '../wire/frame.ts';
import { MessageBuilder } from '../wire/message-builder.ts';
import { MessageCursor } from '../wire/message-cursor.ts';
import { BackendType } from './backend-type.ts';

/** ParameterStatus (B): the value of a setting that clients rely on, at start and whenever it changes. */
export interface ParameterStatus {
  readonly type: 'ParameterStatus';
  readonly name: string;
  readonly value: string;
}

export function decodeParameterStatus(frame: Frame): ParameterStatus {
  const cursor = MessageCursor.over(frame, BackendType.ParameterStatus);
  const name = cursor.displayText();
  const value = cursor.displayText();
  cursor.finish();
  return { type: 'ParameterStatus', name, value };
}

export function encodeParameterStatus(name: string, value: string): Buffer {
  return new MessageBuilder(BackendType.ParameterStatus).text(name).text(value).finish();
}
