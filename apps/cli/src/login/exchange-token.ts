import { causeOf, CliError, reasonOf } from '../cli-error.ts';

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const TARGET_URN = 'urn:sallyport:target:';
const TIMEOUT_MS = 30_000;

/** RFC 8693, section 3. */
export type SubjectTokenType = 'id_token' | 'access_token' | 'jwt';

export interface SubjectToken {
  readonly token: string;
  readonly type: SubjectTokenType;
}

/** What a token is narrowed to; empty means not at all. */
export interface Narrowing {
  readonly targets: readonly string[];
  readonly actions: readonly string[];
  /** Undefined: the control plane's default. */
  readonly lifetimeSeconds: number | undefined;
}

export const NOT_NARROWED: Narrowing = { targets: [], actions: [], lifetimeSeconds: undefined };

/** Sallyport's own token. */
export interface IssuedToken {
  readonly token: string;
  readonly expiresAt: Date;
}

/** Trades an identity token for a Sallyport token at `POST /oauth/token` (RFC 8693). */
export async function exchangeToken(
  serverUrl: string,
  subject: SubjectToken,
  narrowing: Narrowing,
  now: Date,
): Promise<IssuedToken> {
  const form = new URLSearchParams({
    grant_type: GRANT_TYPE,
    subject_token: subject.token,
    subject_token_type: `urn:ietf:params:oauth:token-type:${subject.type}`,
  });
  for (const target of narrowing.targets) form.append('resource', TARGET_URN + target);
  if (narrowing.actions.length > 0) form.set('scope', narrowing.actions.join(' '));
  if (narrowing.lifetimeSeconds !== undefined)
    form.set('requested_lifetime', String(narrowing.lifetimeSeconds));
  const response = await post(serverUrl, form);
  const body = await readJson(response);
  if (!response.ok) throw refusal(response.status, body);
  const { access_token: token, expires_in: seconds } = body;
  if (typeof token !== 'string' || typeof seconds !== 'number') {
    throw new CliError('failed', `${serverUrl} does not answer as a control plane does.`, {
      next: 'Check --url or SALLYPORT_URL.',
    });
  }
  return { token, expiresAt: new Date(now.getTime() + seconds * 1000) };
}

async function post(serverUrl: string, form: URLSearchParams): Promise<Response> {
  try {
    return await fetch(`${serverUrl}/oauth/token`, {
      method: 'POST',
      body: form,
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    const cause = causeOf(error);
    throw new CliError('unreachable', `The control plane at ${serverUrl} does not answer.`, {
      reason: reasonOf(cause ?? error),
      next: 'Check that it runs, and --url or SALLYPORT_URL.',
    });
  }
}

async function readJson(response: Response): Promise<Readonly<Record<string, unknown>>> {
  try {
    const value: unknown = await response.json();
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    // A page of some other server; the status tells the rest.
    return {};
  }
}

function refusal(status: number, body: Readonly<Record<string, unknown>>): CliError {
  const { error, error_description: description } = body;
  const reason =
    typeof description === 'string' ? description : typeof error === 'string' ? error : `HTTP ${status}`;
  if (status === 503)
    return new CliError('unreachable', 'The control plane cannot issue a token now.', {
      reason,
      next: 'Try again later.',
    });
  if (error === 'invalid_grant') {
    return new CliError('notAuthenticated', 'The control plane does not accept this identity.', {
      reason,
      next: 'Log in again with "sallyport login".',
    });
  }
  return new CliError(
    error === 'invalid_scope' || error === 'invalid_target' ? 'usage' : 'failed',
    'The control plane issued no token.',
    { reason },
  );
}
