/** What the records of a legacy copy would do. Pure. */
import { Buffer } from 'node:buffer';
import type { ScpCommand, ScpEvent } from '@sallyport/codec-ssh';
import type { SftpAction, SftpOperation } from '../sftp/sftp-operation.ts';
import { joinPath } from '../sftp/sftp-path.ts';

/** A file or a directory that is to be copied. */
export type ScpEntry = Extract<ScpEvent, { kind: 'file' | 'directory' }>;

const SPECIAL_BITS = 0o7000;

/** The copy as a whole: the paths that it was started with. */
export function copyOperation(scp: ScpCommand): SftpOperation {
  const paths = scp.paths.map((path) => Buffer.from(path));
  return operation(`scp ${scp.role === 'sink' ? '-t' : '-f'}`, paths, [
    scp.role === 'sink' ? 'ssh.sftp.write' : 'ssh.sftp.read',
  ]);
}

/**
 * One entry of it. Where it will be is the far end's choice: in the path if
 * that is a directory, in its place if not. Every place that it may be is
 * decided on.
 */
export function entryOperation(scp: ScpCommand, entry: ScpEntry): SftpOperation {
  const names = [...entry.directories, entry.name];
  const places = scp.paths.map((path) => Buffer.from(path)).flatMap((path) => placesOf(scp, path, names));
  const made = operation(`scp ${entry.kind}`, places, actionsOf(scp, entry));
  const mode = (entry.mode & 0o7777).toString(8).padStart(4, '0');
  const size = entry.kind === 'file' ? { size: entry.size.toString() } : {};
  return { ...made, details: { mode, ...size } };
}

function placesOf(scp: ScpCommand, path: Buffer, names: readonly Buffer[]): Buffer[] {
  const inPlace = names.slice(1).reduce(joinPath, path);
  if (scp.role === 'source') return [inPlace];
  const inside = names.reduce(joinPath, path);
  return scp.targetIsDirectory ? [inside] : [inside, inPlace];
}

function actionsOf(scp: ScpCommand, entry: ScpEntry): SftpAction[] {
  if (scp.role === 'source') return [entry.kind === 'file' ? 'ssh.sftp.read' : 'ssh.sftp.list'];
  const changes: SftpAction = entry.kind === 'file' ? 'ssh.sftp.write' : 'ssh.sftp.mkdir';
  const setsAttributes = scp.preserve || (entry.mode & SPECIAL_BITS) !== 0;
  return setsAttributes ? [changes, 'ssh.sftp.attributes'] : [changes];
}

function operation(name: string, paths: readonly Buffer[], actions: readonly SftpAction[]): SftpOperation {
  const on = paths.map((_, index) => index);
  return {
    name,
    paths: paths.map((path) => ({ path, follows: true })),
    actions: actions.map((action) => ({ action, on })),
    details: {},
    changesNames: false,
  };
}
