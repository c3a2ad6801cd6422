import { Buffer } from 'node:buffer';
import { CodecError } from '../wire/codec-error.ts';

/** Longest line of the protocol, its line feed included. Bytes. */
export const MAX_SCP_LINE_BYTES = 8192;

const MAX_SIZE = 0x7fff_ffff_ffff_ffffn;
const MAX_SECONDS = 0xffff_ffff_ffff;

/** What a source says before each file, and around directories. Names are bytes, without a slash. */
export type ScpRecord =
  | { readonly kind: 'file'; readonly mode: number; readonly size: bigint; readonly name: Buffer }
  | { readonly kind: 'directory'; readonly mode: number; readonly name: Buffer }
  | { readonly kind: 'end-directory' }
  /** Of the file or directory that comes next. Seconds since 1970. */
  | { readonly kind: 'times'; readonly modified: number; readonly accessed: number };

/** Reads a line without its line feed. @throws CodecError */
export function decodeScpRecord(line: Buffer): ScpRecord {
  const text = line.toString('latin1');
  if (text === 'E') return { kind: 'end-directory' };
  const times = /^T(\d{1,15}) \d{1,6} (\d{1,15}) \d{1,6}$/.exec(text);
  if (times !== null) return { kind: 'times', modified: seconds(times[1]), accessed: seconds(times[2]) };
  const entry = /^([CD])([0-7]{4}) (\d{1,19}) ([^]*)$/.exec(text);
  if (entry === null) throw new CodecError('value', 'A record of scp is malformed.');
  const mode = Number.parseInt(entry[2] ?? '', 8);
  const size = BigInt(entry[3] ?? '');
  const name = checkedName(Buffer.from(entry[4] ?? '', 'latin1'));
  if (size > MAX_SIZE) throw new CodecError('limit', 'A file is too long.');
  return entry[1] === 'C' ? { kind: 'file', mode, size, name } : { kind: 'directory', mode, name };
}

/** The record as a line. @throws CodecError for a name that would lead out of its directory */
export function encodeScpRecord(record: ScpRecord): Buffer {
  switch (record.kind) {
    case 'end-directory':
      return Buffer.from('E\n');
    case 'times':
      return Buffer.from(`T${record.modified} 0 ${record.accessed} 0\n`);
    case 'file':
      return entryLine(`C${modeDigits(record.mode)} ${record.size} `, record.name);
    case 'directory':
      return entryLine(`D${modeDigits(record.mode)} 0 `, record.name);
  }
}

function entryLine(start: string, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(start), checkedName(name), Buffer.from('\n')]);
}

function modeDigits(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}

/** A name stays in its directory: the other side must not choose where a file goes (CVE-2018-20685, CVE-2019-6111). */
function checkedName(name: Buffer): Buffer {
  const text = name.toString('latin1');
  if (text === '' || text === '.' || text === '..' || /[/\0\n]/.test(text)) {
    throw new CodecError('value', 'A name in a copy leads out of its directory.');
  }
  return name;
}

function seconds(digits: string | undefined): number {
  const value = Number(digits);
  if (value > MAX_SECONDS) throw new CodecError('value', 'A time in a record of scp is malformed.');
  return value;
}
