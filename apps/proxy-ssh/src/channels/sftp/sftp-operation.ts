/** What each request of SFTP would do, in actions on paths. Pure. */
import type { JsonObject } from '@bufbuild/protobuf';
import {
  hasUnknownOpenFlags,
  opensForReading,
  opensForWriting,
  SftpOpenFlag,
  type FileAttributes,
  type SftpExtendedRequest,
  type SftpRequest,
} from '@sallyport/codec-ssh';
import { linkTarget } from './sftp-path.ts';

/** A path that an operation names. */
export interface PathUse {
  readonly path: Buffer;
  /** Whether a link at its end is followed; else only its folder is looked up. */
  readonly follows: boolean;
}

/** Actions of the vocabulary (docs/reference/ssh.md). */
export type SftpAction =
  | 'ssh.sftp.read'
  | 'ssh.sftp.write'
  | 'ssh.sftp.delete'
  | 'ssh.sftp.list'
  | 'ssh.sftp.rename'
  | 'ssh.sftp.link'
  | 'ssh.sftp.attributes'
  | 'ssh.sftp.mkdir';

export interface PathAction {
  readonly action: SftpAction;
  /** Positions in `paths`. */
  readonly on: readonly number[];
}

/** One thing to decide on. */
export interface SftpOperation {
  readonly name: string;
  readonly paths: readonly PathUse[];
  readonly actions: readonly PathAction[];
  /** What else decides what it means: flags, modes. For conditions and approvals. */
  readonly details: JsonObject;
  /** Whether paths may lead elsewhere once it is done. */
  readonly changesNames: boolean;
}

/** Actions that change nothing. */
export const READ_ONLY_ACTIONS: ReadonlySet<SftpAction> = new Set(['ssh.sftp.read', 'ssh.sftp.list']);

/** Permission bits that are more than who may read, write and run. */
const SPECIAL_BITS = 0o7000;

type Asked = Exclude<SftpRequest, { type: 'INIT' }>;

/** The operation of a request with paths; null for one on a handle, or without either. */
export function pathOperation(request: Asked): SftpOperation | null {
  switch (request.type) {
    case 'OPEN':
      return openOperation(request.path, request.flags, request.attributes);
    case 'OPENDIR':
    case 'STAT':
      return single(request.type.toLowerCase(), request.path, true, ['ssh.sftp.list']);
    case 'LSTAT':
    case 'READLINK':
      return single(request.type.toLowerCase(), request.path, false, ['ssh.sftp.list']);
    case 'REMOVE':
    case 'RMDIR':
      return changing(single(request.type.toLowerCase(), request.path, false, ['ssh.sftp.delete']));
    case 'MKDIR': {
      const actions = withSpecialBits(['ssh.sftp.mkdir'], request.attributes);
      return changing(single('mkdir', request.path, false, actions, attributeDetails(request.attributes)));
    }
    case 'SETSTAT':
      return attributesOperation('setstat', request.path, true, request.attributes);
    case 'RENAME':
      return renameOperation('rename', request.oldPath, request.newPath);
    case 'SYMLINK':
      return symlinkOperation(request.targetPath, request.linkPath);
    case 'EXTENDED':
      return extendedOperation(request.request);
    case 'REALPATH':
    case 'CLOSE':
    case 'FSTAT':
    case 'READDIR':
    case 'READ':
    case 'WRITE':
    case 'FSETSTAT':
      return null;
  }
}

function extendedOperation(request: SftpExtendedRequest): SftpOperation | null {
  switch (request.kind) {
    case 'posix-rename@openssh.com':
      return renameOperation('posix-rename', request.oldPath, request.newPath);
    case 'hardlink@openssh.com':
      return hardlinkOperation(request.oldPath, request.newPath);
    case 'statvfs@openssh.com':
      return single('statvfs', request.path, true, ['ssh.sftp.list']);
    case 'lsetstat@openssh.com':
      return attributesOperation('lsetstat', request.path, false, request.attributes);
    case 'expand-path@openssh.com':
    case 'home-directory':
    case 'fstatvfs@openssh.com':
    case 'fsync@openssh.com':
    case 'limits@openssh.com':
    case 'copy-data':
    case 'users-groups-by-id@openssh.com':
    case 'unknown':
      return null;
  }
}

function openOperation(path: Buffer, flags: number, attributes: FileAttributes): SftpOperation {
  const actions: SftpAction[] = [];
  if (readsWhenOpen(flags)) actions.push('ssh.sftp.read');
  if (opensForWriting(flags)) actions.push('ssh.sftp.write');
  const creates = (flags & SftpOpenFlag.CREAT) !== 0;
  const details = { flags: flagNames(flags), ...(creates ? attributeDetails(attributes) : {}) };
  const all = creates ? withSpecialBits(actions, attributes) : actions;
  return { ...single('open', path, true, all, details), changesNames: creates };
}

/** Servers open a file for reading unless it is opened for writing only: no flags at all read, too. */
export function readsWhenOpen(flags: number): boolean {
  return opensForReading(flags) || (flags & SftpOpenFlag.WRITE) === 0 || hasUnknownOpenFlags(flags);
}

/** All that lets the old place's content be had at the new: what is denied at either is not moved. */
function renameOperation(name: string, oldPath: Buffer, newPath: Buffer): SftpOperation {
  return {
    name,
    paths: [
      { path: oldPath, follows: false },
      { path: newPath, follows: false },
    ],
    actions: [
      { action: 'ssh.sftp.rename', on: [0, 1] },
      { action: 'ssh.sftp.read', on: [0] },
      { action: 'ssh.sftp.delete', on: [0] },
      { action: 'ssh.sftp.write', on: [1] },
    ],
    details: {},
    changesNames: true,
  };
}

/** Both names are the same file from then on: what one may be done to, the other is. */
function hardlinkOperation(oldPath: Buffer, newPath: Buffer): SftpOperation {
  return {
    name: 'hardlink',
    paths: [
      // Whether a link at the end is followed is the system's own choice; it is looked up, too.
      { path: oldPath, follows: true },
      { path: newPath, follows: false },
    ],
    actions: [
      { action: 'ssh.sftp.link', on: [0, 1] },
      { action: 'ssh.sftp.read', on: [0] },
      { action: 'ssh.sftp.write', on: [0, 1] },
    ],
    details: {},
    changesNames: true,
  };
}

function symlinkOperation(targetPath: Buffer, linkPath: Buffer): SftpOperation {
  return {
    name: 'symlink',
    paths: [
      { path: linkTarget(targetPath, linkPath), follows: true },
      { path: linkPath, follows: false },
    ],
    // Servers disagree on which of the two comes first; both are asked about alike.
    actions: [{ action: 'ssh.sftp.link', on: [0, 1] }],
    details: {},
    changesNames: true,
  };
}

function attributesOperation(
  name: string,
  path: Buffer,
  follows: boolean,
  attributes: FileAttributes,
): SftpOperation {
  return single(name, path, follows, attributeActions(attributes), attributeDetails(attributes));
}

/** A length is content; everything else, and nothing at all, is attributes. */
export function attributeActions(attributes: FileAttributes): readonly SftpAction[] {
  if (attributes.size === null) return ['ssh.sftp.attributes'];
  return setsOnlySize(attributes) ? ['ssh.sftp.write'] : ['ssh.sftp.write', 'ssh.sftp.attributes'];
}

/** Whether nothing but the length is set, which belongs to writing. */
export function setsOnlySize({ size, owner, permissions, times, extended }: FileAttributes): boolean {
  return size !== null && owner === null && permissions === null && times === null && extended.length === 0;
}

/** What is set, for conditions: `mode` in octal, `size`, `uid`, `gid`. */
export function attributeDetails({ size, owner, permissions, times }: FileAttributes): JsonObject {
  return {
    ...(size === null ? {} : { size: size.toString() }),
    ...(owner === null ? {} : { uid: owner.uid, gid: owner.gid }),
    ...(permissions === null ? {} : { mode: (permissions & 0o7777).toString(8).padStart(4, '0') }),
    ...(times === null ? {} : { accessed: times.accessed, modified: times.modified }),
  };
}

function withSpecialBits(
  actions: readonly SftpAction[],
  { permissions }: FileAttributes,
): readonly SftpAction[] {
  const special = permissions !== null && (permissions & SPECIAL_BITS) !== 0;
  return special ? [...actions, 'ssh.sftp.attributes'] : actions;
}

function flagNames(flags: number): string[] {
  return Object.entries(SftpOpenFlag).flatMap(([name, bit]) =>
    (flags & bit) === 0 ? [] : [name.toLowerCase()],
  );
}

function single(
  name: string,
  path: Buffer,
  follows: boolean,
  actions: readonly SftpAction[],
  details: JsonObject = {},
): SftpOperation {
  const on = actions.map((action) => ({ action, on: [0] }));
  return { name, paths: [{ path, follows }], actions: on, details, changesNames: false };
}

function changing(operation: SftpOperation): SftpOperation {
  return { ...operation, changesNames: true };
}
