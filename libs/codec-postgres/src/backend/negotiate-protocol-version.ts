import type { Buffer } from 'node:buffer';
import type { Frame } from '../wire/frame.ts';
import { MessageBuilder } from '../wire/message-builder.ts';
import { MessageCursor } from '../wire/message-cursor.ts';
import { versionFromWord, versionToWord, type ProtocolVersion } from '../wire/protocol-version.ts';
import { BackendType } from './backend-type.ts';

/** NegotiateProtocolVersion (B): the newest version and the protocol options that the server does not know. */
export interface NegotiateProtocolVersion {
  readonly type: 'NegotiateProtocolVersion';
  readonly newest: ProtocolVersion;
  readonly unknownOptions: readonly string[];
}

/** The document says "minor version"; servers send the whole version word. Both are read. */
export function decodeNegotiateProtocolVersion(frame: Frame): NegotiateProtocolVersion {
  const cursor = MessageCursor.over(frame, BackendType.NegotiateProtocolVersion);
  const word = cursor.uint32();
  const newest = word < 0x10000 ? { major: 3, minor: word } : versionFromWord(word);
  const unknownOptions: string[] = [];
  for (let left = cursor.int32(); left > 0; left--) unknownOptions.push(cursor.text());
  cursor.finish();
  return { type: 'NegotiateProtocolVersion', newest, unknownOptions };
}

export function encodeNegotiateProtocolVersion(
  newest: ProtocolVersion,
  unknownOptions: readonly string[],
): Buffer {
  const builder = new MessageBuilder(BackendType.NegotiateProtocolVersion);
  builder.uint32(versionToWord(newest)).int32(unknownOptions.length);
  for (const option of unknownOptions) builder.text(option);
  return builder.finish();
}
