import type { Buffer } from 'node:buffer';
import type { Frame } from '../wire/frame.ts';
import { MessageBuilder } from '../wire/message-builder.ts';
import { MessageCursor } from '../wire/message-cursor.ts';
import { BackendType } from './backend-type.ts';

/** CommandComplete (B): one statement ran. */
export interface CommandComplete {
  readonly type: 'CommandComplete';
  /** As the server sent it: "SELECT 5", "INSERT 0 1", "CREATE TABLE". */
  readonly tag: string;
}

export function decodeCommandComplete(frame: Frame): CommandComplete {
  const cursor = MessageCursor.over(frame, BackendType.CommandComplete);
  const tag = cursor.displayText();
  cursor.finish();
  return { type: 'CommandComplete', tag };
}

export function encodeCommandComplete(tag: string): Buffer {
  return new MessageBuilder(BackendType.CommandComplete).text(tag).finish();
}

/** What a command tag says. */
export interface CommandTag {
  /** "SELECT", "INSERT", "CREATE TABLE". */
  readonly command: string;
  /** Rows returned or changed; null for commands that count none. */
  readonly rows: number | null;
}

/** INSERT carries an obsolete OID before its count. */
export function parseCommandTag(tag: string): CommandTag {
  const match = /^(.*?)(?: \d+)?? (\d+)$/.exec(tag);
  if (match === null) return { command: tag, rows: null };
  return { command: match[1] ?? '', rows: Number(match[2]) };
}
