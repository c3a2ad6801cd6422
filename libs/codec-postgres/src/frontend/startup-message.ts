import type { Buffer } from 'node:buffer';
import { MessageBuilder } from '../wire/message-builder.ts';
import type { MessageCursor } from '../wire/message-cursor.ts';
import { protocolViolation } from '../wire/protocol-violation.ts';
import { versionToWord, type ProtocolVersion } from '../wire/protocol-version.ts';

/** StartupMessage (F): who wants which database, and settings for the session. */
export interface StartupMessage {
  readonly type: 'StartupMessage';
  readonly version: ProtocolVersion;
  /** In the order sent. Names beginning with `_pq_.` are protocol options, to be negotiated. */
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * @param cursor after the version word
 * @throws AccessError protocol_violation, also for a name given twice: servers and proxies differ in which they take
 */
export function decodeStartupMessage(version: ProtocolVersion, cursor: MessageCursor): StartupMessage {
  const parameters = new Map<string, string>();
  for (let name = cursor.text(); name !== ''; name = cursor.text()) {
    if (parameters.has(name)) throw protocolViolation('A startup parameter is given twice.');
    parameters.set(name, cursor.text());
  }
  cursor.finish();
  return { type: 'StartupMessage', version, parameters };
}

export function encodeStartupMessage(
  version: ProtocolVersion,
  parameters: ReadonlyMap<string, string>,
): Buffer {
  const builder = new MessageBuilder(null).uint32(versionToWord(version));
  for (const [name, value] of parameters) {
    if (name === '') throw protocolViolation('A startup parameter has no name.');
    builder.text(name).text(value);
  }
  return builder.uint8(0).finish();
}
