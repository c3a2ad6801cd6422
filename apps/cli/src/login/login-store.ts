import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CliError, reasonOf, systemCode } from '../cli-error.ts';
import { withFileLock } from '../connection/file-lock.ts';
import { writePrivateFile } from '../connection/private-file.ts';
import type { World } from '../world.ts';
import { NO_LOGINS, parseLogins, type Login, type Logins } from './login.ts';

const FILE_NAME = 'logins.json';
const ANYBODY_ELSE = 0o077;

/** Where logins are kept: SALLYPORT_CONFIG_DIR, else `sallyport` in the XDG configuration directory. */
export function configDirectory({ env, homeDirectory }: Pick<World, 'env' | 'homeDirectory'>): string {
  const own = env['SALLYPORT_CONFIG_DIR'] ?? '';
  if (own !== '') return own;
  const xdg = env['XDG_CONFIG_HOME'] ?? '';
  // The specification of XDG says to ignore relative paths.
  return join(xdg.startsWith('/') ? xdg : join(homeDirectory, '.config'), 'sallyport');
}

/** The file of logins: readable by its owner only, written whole or not at all. */
export class LoginStore {
  readonly file: string;

  constructor(directory: string) {
    this.file = join(directory, FILE_NAME);
  }

  /** The stored logins; none if there is no file. A file that others can read is refused, as its tokens may be known. */
  async read(): Promise<Logins> {
    let content: string;
    try {
      const { mode } = await stat(this.file);
      if (process.platform !== 'win32' && (mode & ANYBODY_ELSE) !== 0) throw this.#exposed();
      content = await readFile(this.file, 'utf8');
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return NO_LOGINS;
      if (error instanceof CliError) throw error;
      throw new CliError('failed', `${this.file} cannot be read.`, { reason: reasonOf(error) });
    }
    const logins = parseLogins(content);
    if (logins !== null) return logins;
    throw new CliError('failed', `${this.file} is damaged.`, {
      next: 'Delete it and run "sallyport login" again.',
    });
  }

  /** Stores a login and makes its control plane the current one. */
  async put(url: string, login: Login): Promise<void> {
    const { logins } = await this.read();
    await this.#write({ version: 1, current: url, logins: { ...logins, [url]: login } });
  }

  /** Forgets a login. */
  async remove(url: string): Promise<void> {
    const { logins, current } = await this.read();
    const rest = Object.fromEntries(Object.entries(logins).filter(([other]) => other !== url));
    await this.#write({
      version: 1,
      current: current === url ? (Object.keys(rest)[0] ?? '') : current,
      logins: rest,
    });
  }

  /**
   * Runs `work` while no other process does: a refresh token may be used once,
   * and two that race for it would end the login.
   */
  locked<Result>(world: World, work: () => Promise<Result>): Promise<Result> {
    return withFileLock(`${this.file}.lock`, world, work);
  }

  async #write(logins: Logins): Promise<void> {
    try {
      await writePrivateFile(this.file, `${JSON.stringify(logins, null, 2)}\n`);
    } catch (error) {
      throw new CliError('failed', `The login cannot be stored in ${dirname(this.file)}.`, {
        reason: reasonOf(error),
        next: 'Set SALLYPORT_CONFIG_DIR to a directory that you can write to.',
      });
    }
  }

  #exposed(): CliError {
    return new CliError(
      'failed',
      `${this.file} can be read by others, so the tokens in it may be known to them.`,
      {
        next: `Run "chmod 600 ${this.file}", or delete it and log in again.`,
      },
    );
  }
}
