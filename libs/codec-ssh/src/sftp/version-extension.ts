import type { Buffer } from 'node:buffer';
import { CodecError } from '../wire/codec-error.ts';
import type { WireReader } from '../wire/wire-reader.ts';
import type { WireWriter } from '../wire/wire-writer.ts';
import { MAX_EXTENSIONS } from './sftp-limits.ts';

/** An extension that one side announces in INIT or VERSION; of OpenSSH's, the data is a version number in text. */
export interface SftpExtension {
  readonly name: string;
  readonly data: Buffer;
}

/** Extensions up to the end of the packet. */
export function decodeSftpExtensions(reader: WireReader): SftpExtension[] {
  const extensions: SftpExtension[] = [];
  while (reader.remaining > 0) {
    if (extensions.length === MAX_EXTENSIONS) {
      throw new CodecError('limit', 'A packet has too many extensions.');
    }
    extensions.push({ name: reader.name(), data: reader.string() });
  }
  return extensions;
}

export function encodeSftpExtensions(writer: WireWriter, extensions: readonly SftpExtension[]): WireWriter {
  for (const { name, data } of extensions) writer.text(name).string(data);
  return writer;
}
