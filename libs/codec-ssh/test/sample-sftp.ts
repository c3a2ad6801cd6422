import { Buffer } from 'node:buffer';
import {
  NO_ATTRIBUTES,
  type FileAttributes,
  type SftpExtendedRequest,
  type SftpRequest,
  type SftpResponse,
} from '../src/index.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

export const ALL_ATTRIBUTES: FileAttributes = {
  size: 1n << 40n,
  owner: { uid: 1000, gid: 0xffffffff },
  permissions: 0o100644,
  times: { accessed: 1, modified: 2 },
  extended: [{ type: bytes('acl@example.com'), data: bytes('\0\xff') }],
};

const EXTENDED: readonly SftpExtendedRequest[] = [
  { kind: 'posix-rename@openssh.com', oldPath: bytes('/a'), newPath: bytes('/b') },
  { kind: 'hardlink@openssh.com', oldPath: bytes('/a'), newPath: bytes('/b') },
  { kind: 'statvfs@openssh.com', path: bytes('/') },
  { kind: 'expand-path@openssh.com', path: bytes('~/x') },
  { kind: 'fstatvfs@openssh.com', handle: bytes('h') },
  { kind: 'fsync@openssh.com', handle: bytes('h') },
  { kind: 'lsetstat@openssh.com', path: bytes('/l'), attributes: ALL_ATTRIBUTES },
  { kind: 'limits@openssh.com' },
  {
    kind: 'copy-data',
    readHandle: bytes('from'),
    readOffset: 1n,
    readLength: 0n,
    writeHandle: bytes('to'),
    writeOffset: 1n << 63n,
  },
  { kind: 'home-directory', user: bytes('alice') },
  { kind: 'users-groups-by-id@openssh.com', uids: bytes('\0\0\0\x01'), gids: bytes('') },
  { kind: 'unknown', name: 'check-file-name', data: bytes('\0anything') },
];

export const SFTP_REQUESTS: readonly SftpRequest[] = [
  { type: 'INIT', version: 3, extensions: [] },
  { type: 'INIT', version: 3, extensions: [{ name: 'vendor@example.com', data: bytes('1') }] },
  {
    type: 'OPEN',
    id: 1,
    path: bytes('/tmp/f\xe4'),
    flags: 0x1a,
    attributes: { ...NO_ATTRIBUTES, permissions: 0o644 },
  },
  { type: 'CLOSE', id: 2, handle: bytes('\0\0\0\0') },
  { type: 'READ', id: 3, handle: bytes('h'), offset: 1n << 33n, length: 32_768 },
  { type: 'WRITE', id: 4, handle: bytes('h'), offset: 0n, data: Buffer.alloc(3000, 'data') },
  { type: 'LSTAT', id: 5, path: bytes('/') },
  { type: 'FSTAT', id: 6, handle: bytes('h') },
  { type: 'SETSTAT', id: 7, path: bytes('/f'), attributes: ALL_ATTRIBUTES },
  { type: 'FSETSTAT', id: 8, handle: bytes('h'), attributes: NO_ATTRIBUTES },
  { type: 'OPENDIR', id: 9, path: bytes('.') },
  { type: 'READDIR', id: 10, handle: bytes('h') },
  { type: 'REMOVE', id: 11, path: bytes('/f') },
  { type: 'MKDIR', id: 12, path: bytes('/d'), attributes: ALL_ATTRIBUTES },
  { type: 'RMDIR', id: 13, path: bytes('/d') },
  { type: 'REALPATH', id: 14, path: bytes('') },
  { type: 'STAT', id: 15, path: bytes('/f') },
  { type: 'RENAME', id: 16, oldPath: bytes('/a'), newPath: bytes('/b') },
  { type: 'READLINK', id: 17, path: bytes('/l') },
  { type: 'SYMLINK', id: 18, targetPath: bytes('../t'), linkPath: bytes('/l') },
  ...EXTENDED.map((request, index) => ({ type: 'EXTENDED', id: 100 + index, request }) as const),
];

export const SFTP_RESPONSES: readonly SftpResponse[] = [
  { type: 'VERSION', version: 3, extensions: [{ name: 'limits@openssh.com', data: bytes('1') }] },
  { type: 'STATUS', id: 1, code: 3, message: 'denied by rule "no writes"', languageTag: '' },
  { type: 'HANDLE', id: 2, handle: bytes('\0\0\0\x01') },
  { type: 'DATA', id: 3, data: Buffer.alloc(2000, 'read') },
  {
    type: 'NAME',
    id: 4,
    names: [
      { filename: bytes('a\xff'), longname: bytes('-rw-r--r-- a'), attributes: ALL_ATTRIBUTES },
      { filename: bytes('b'), longname: bytes(''), attributes: NO_ATTRIBUTES },
    ],
  },
  { type: 'ATTRS', id: 5, attributes: ALL_ATTRIBUTES },
  { type: 'EXTENDED_REPLY', id: 6, data: bytes('\0\x01') },
];
