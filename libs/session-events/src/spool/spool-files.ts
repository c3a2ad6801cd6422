import {
  closeSync,
  fdatasync,
  fsync,
  ftruncateSync,
  openSync,
  unlinkSync,
  writeSync,
  writevSync,
} from 'node:fs';

/** The system calls by which the spool writes, so that tests can have a disk that is full or failing. */
export interface SpoolFiles {
  /** Creates a file that must not exist and returns its descriptor. */
  create(path: string): number;
  /** Bytes written, which may be fewer than asked for. */
  writev(fd: number, parts: readonly Uint8Array[], position: number): number;
  truncate(fd: number, length: number): void;
  /** Puts the file's data on the disk, through the thread pool. */
  datasync(fd: number, done: (error: Error | null) => void): void;
  /** Puts the entries of a directory on the disk. */
  syncDirectory(path: string, done: (error: Error | null) => void): void;
  close(fd: number): void;
  /** Deletes a file. */
  remove(path: string): void;
}

/** The real disk. */
export const diskFiles: SpoolFiles = {
  create: (path) => openSync(path, 'wx', 0o600),
  writev: (fd, parts, position) => {
    const [only] = parts;
    return parts.length === 1 && only !== undefined
      ? writeSync(fd, only, 0, only.length, position)
      : writevSync(fd, parts, position);
  },
  truncate: (fd, length) => {
    ftruncateSync(fd, length);
  },
  datasync: (fd, done) => {
    fdatasync(fd, done);
  },
  syncDirectory: (path, done) => {
    const fd = openSync(path, 'r');
    fsync(fd, (error) => {
      closeSync(fd);
      done(error);
    });
  },
  close: (fd) => {
    closeSync(fd);
  },
  remove: (path) => {
    unlinkSync(path);
  },
};

/** Writes all of `parts` at `position`, or throws. `total` is their length. */
export function writeAll(
  files: SpoolFiles,
  fd: number,
  parts: readonly Uint8Array[],
  total: number,
  position: number,
): void {
  let written = 0;
  let rest = parts;
  while (written < total) {
    const count = files.writev(fd, rest, position + written);
    if (count <= 0) throw new Error('the disk took no more bytes');
    written += count;
    if (written < total) rest = withoutFirst(rest, count);
  }
}

function withoutFirst(parts: readonly Uint8Array[], count: number): readonly Uint8Array[] {
  let skip = count;
  for (const [index, part] of parts.entries()) {
    if (skip < part.length) return [part.subarray(skip), ...parts.slice(index + 1)];
    skip -= part.length;
  }
  return [];
}
