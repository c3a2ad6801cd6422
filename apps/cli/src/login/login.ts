/** How a login can be renewed without a person. */
export type LoginSource =
  | {
      readonly kind: 'device';
      readonly issuer: string;
      readonly clientId: string;
      readonly refreshToken?: string;
    }
  | {
      readonly kind: 'client-credentials';
      readonly issuer: string;
      readonly clientId: string;
      readonly clientSecretFile: string;
      readonly audience: string;
      readonly scope: string;
    }
  | { readonly kind: 'identity-token-file'; readonly file: string };

/** A stored login at one control plane. */
export interface Login {
  /** Sallyport's own token. */
  readonly token: string;
  readonly expiresAt: string;
  /** Empty where it is not known. */
  readonly principal: string;
  readonly source: LoginSource;
}

/** What is in the file of logins. */
export interface Logins {
  readonly version: 1;
  /** The control plane that was logged in to last. */
  readonly current: string;
  readonly logins: Readonly<Record<string, Login>>;
}

export const NO_LOGINS: Logins = { version: 1, current: '', logins: {} };

/** Reads the file's content; null for anything that is not its form. */
export function parseLogins(content: string): Logins | null {
  const value = parseJson(content);
  if (
    !isRecord(value) ||
    value['version'] !== 1 ||
    typeof value['current'] !== 'string' ||
    !isRecord(value['logins'])
  )
    return null;
  const logins: Record<string, Login> = {};
  for (const [url, entry] of Object.entries(value['logins'])) {
    const login = parseLogin(entry);
    if (login === null) return null;
    logins[url] = login;
  }
  return { version: 1, current: value['current'], logins };
}

function parseLogin(value: unknown): Login | null {
  if (!isRecord(value)) return null;
  const { token, expiresAt, principal } = value;
  const source = parseSource(value['source']);
  if (
    typeof token !== 'string' ||
    typeof expiresAt !== 'string' ||
    typeof principal !== 'string' ||
    source === null
  )
    return null;
  return { token, expiresAt, principal, source };
}

function parseSource(value: unknown): LoginSource | null {
  if (!isRecord(value)) return null;
  const { kind, issuer, clientId, clientSecretFile, audience, scope, refreshToken, file } = value;
  if (kind === 'identity-token-file') return typeof file === 'string' ? { kind, file } : null;
  if (typeof issuer !== 'string' || typeof clientId !== 'string') return null;
  if (kind === 'device') {
    return { kind, issuer, clientId, ...(typeof refreshToken === 'string' ? { refreshToken } : {}) };
  }
  if (kind !== 'client-credentials' || typeof clientSecretFile !== 'string') return null;
  if (typeof audience !== 'string' || typeof scope !== 'string') return null;
  return { kind, issuer, clientId, clientSecretFile, audience, scope };
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    // Not JSON is not the form of the file; the caller says which file it is.
    return null;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
