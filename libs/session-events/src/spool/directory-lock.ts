import { closeSync, constants, linkSync, openSync, renameSync, statSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Another process works in this directory. */
export class DirectoryInUseError extends Error {
  override readonly name = 'DirectoryInUseError';
  constructor(directory: string) {
    super(`another process is using ${directory}; two must not write to the same directory`);
  }
}

/** Long enough that another process in the middle of a takeover has finished it. */
const SETTLE_MS = 50;
/** A socket's address holds at most 107 bytes of path (unix(7)). */
const MAX_SOCKET_PATH_BYTES = 107;

/**
 * Holds a directory for one process, by a unix socket in it that the process
 * listens on. The kernel answers for the owner: connecting succeeds while it
 * lives, also while its event loop is busy, and is refused as soon as it is
 * dead, however it died. So no lock is ever stale, a process id that was given
 * out again fools nobody, and it holds between containers that share a volume.
 */
export class DirectoryLock {
  readonly #server: Server;
  readonly #path: string;
  readonly #inode: number;
  readonly #close: () => void;

  private constructor(server: Server, path: string, inode: number, close: () => void) {
    this.#server = server;
    this.#path = path;
    this.#inode = inode;
    this.#close = close;
  }

  /** @throws DirectoryInUseError while another process holds it. */
  static async acquire(directory: string): Promise<DirectoryLock> {
    const { at, close } = reachable(directory);
    const own = at(`lock.${process.pid}-${Math.random().toString(36).slice(2, 8)}`);
    const path = at('lock');
    const server = await listen(own);
    try {
      const inode = statSync(own).ino;
      await take(own, path, inode, directory);
      return new DirectoryLock(server, path, inode, close);
    } catch (error) {
      server.close();
      removeIfThere(own);
      close();
      throw error;
    }
  }

  /** Lets the next process in. */
  release(): void {
    if (inodeOf(this.#path) === this.#inode) unlinkSync(this.#path);
    this.#server.close();
    this.#close();
  }
}

async function take(own: string, path: string, inode: number, directory: string): Promise<void> {
  try {
    linkSync(own, path);
    unlinkSync(own);
    return;
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  if (await answers(path)) throw new DirectoryInUseError(directory);
  renameSync(own, path);
  // Whoever found the same dead lock renames its own socket over this one; only the last may go on.
  await delay(SETTLE_MS);
  if (inodeOf(path) !== inode) throw new DirectoryInUseError(directory);
}

/** Paths inside `directory` that fit into a socket address, however long its own path is. */
function reachable(directory: string): { at: (name: string) => string; close: () => void } {
  const longest = join(directory, 'lock.9999999-abcdef');
  if (Buffer.byteLength(longest) <= MAX_SOCKET_PATH_BYTES)
    return { at: (name) => join(directory, name), close: () => undefined };
  const fd = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  return {
    at: (name) => `/proc/self/fd/${fd}/${name}`,
    close: () => {
      closeSync(fd);
    },
  };
}

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', reject);
    server.listen(path, () => {
      server.unref();
      resolve(server);
    });
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error) => {
      if (hasCode(error, 'ECONNREFUSED') || hasCode(error, 'ENOENT')) resolve(false);
      else if (hasCode(error, 'EAGAIN')) resolve(true);
      else reject(error);
    });
  });
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

function removeIfThere(path: string): void {
  if (inodeOf(path) !== undefined) unlinkSync(path);
}

function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
