import { readFile } from 'node:fs/promises';
import { CliError, reasonOf } from '../cli-error.ts';
import { LoginStore, configDirectory } from '../login/login-store.ts';
import type { Login } from '../login/login.ts';
import type { World } from '../world.ts';
import { checkServerUrl, DEFAULT_URL } from './server-url.ts';

/** What the command line says about the connection. */
export interface ConnectionFlags {
  readonly url: string | undefined;
  readonly tokenFile: string | undefined;
}

/** Where a token comes from, first match first: --token-file, SALLYPORT_TOKEN, SALLYPORT_TOKEN_FILE, the stored login. */
export type TokenSource =
  | {
      readonly kind: 'given';
      readonly token: string;
      readonly from: string;
      /** The file that it was read from, if it was. */
      readonly file?: string;
    }
  | { readonly kind: 'login'; readonly login: Login }
  | { readonly kind: 'none' };

export interface Settings {
  /** Of the control plane, without a slash at its end. */
  readonly url: string;
  readonly token: TokenSource;
  readonly store: LoginStore;
}

/** Reads where to go and as whom, from the command line, the environment and the stored logins, in this order. */
export async function readSettings(world: World, flags: ConnectionFlags): Promise<Settings> {
  const { env } = world;
  const store = new LoginStore(configDirectory(world));
  const given = await givenToken(env, flags.tokenFile);
  const explicitUrl = flags.url ?? nonEmpty(env['SALLYPORT_URL']);
  const { current, logins } = given !== undefined && explicitUrl !== undefined ? NOTHING : await store.read();
  const url = checkServerUrl(
    explicitUrl ?? (current === '' ? DEFAULT_URL : current),
    env['SALLYPORT_ALLOW_PLAINTEXT'] === '1',
  );
  const login = logins[url];
  return { url, store, token: given ?? (login === undefined ? { kind: 'none' } : { kind: 'login', login }) };
}

const NOTHING: { readonly current: string; readonly logins: Readonly<Record<string, Login>> } = {
  current: '',
  logins: {},
};

async function givenToken(env: World['env'], flag: string | undefined): Promise<TokenSource | undefined> {
  if (flag !== undefined)
    return { kind: 'given', token: await readTokenFile(flag), from: '--token-file', file: flag };
  const token = nonEmpty(env['SALLYPORT_TOKEN']);
  if (token !== undefined) return { kind: 'given', token: token.trim(), from: 'SALLYPORT_TOKEN' };
  const file = nonEmpty(env['SALLYPORT_TOKEN_FILE']);
  return file === undefined
    ? undefined
    : { kind: 'given', token: await readTokenFile(file), from: 'SALLYPORT_TOKEN_FILE', file };
}

async function readTokenFile(file: string): Promise<string> {
  let content: string;
  try {
    content = (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw new CliError('notAuthenticated', `The token file ${file} cannot be read.`, {
      reason: reasonOf(error),
    });
  }
  if (content === '' || /\s/.test(content))
    throw new CliError('notAuthenticated', `${file} does not hold a token.`);
  return content;
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : text;
}
