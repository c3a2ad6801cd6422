import { SUBJECT_TOKEN_TYPES, type SubjectTokenType } from '../identity/verify-identity-token.ts';

/** An error of the token endpoint (RFC 6749, section 5.2; RFC 8693, section 2.2.2). */
export interface OAuthError {
  readonly status: 400 | 401 | 413 | 503;
  readonly error:
    | 'invalid_request'
    | 'invalid_grant'
    | 'unsupported_grant_type'
    | 'invalid_target'
    | 'invalid_scope'
    | 'temporarily_unavailable';
  readonly description: string;
}

/** A token exchange as asked for. */
export interface TokenRequest {
  readonly subjectToken: string;
  readonly subjectTokenType: SubjectTokenType;
  /** Targets to narrow to; empty: all. */
  readonly targets: readonly string[];
  /** Action patterns to narrow to; empty: all. */
  readonly actions: readonly string[];
  /** Undefined: the default. */
  readonly lifetimeSeconds: number | undefined;
}

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const TARGET_URN = 'urn:sallyport:target:';
/** What a target can be called. */
export const TARGET_NAME = /^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$/;
/** "sql.read", "sql.*", "*". */
const ACTION = /^(\*|[a-z0-9]+(\.[a-z0-9_]+)*(\.\*)?)$/;
const MAX_NARROWING = 100;

/**
 * Reads the form of a token exchange (RFC 8693, section 2.1). `resource` names targets,
 * as `urn:sallyport:target:NAME` or by name alone; `scope` is action patterns;
 * `requested_lifetime` (ours) is in seconds.
 */
export function readTokenRequest(form: URLSearchParams): TokenRequest | OAuthError {
  const repeated = [
    'grant_type',
    'subject_token',
    'subject_token_type',
    'requested_token_type',
    'scope',
    'requested_lifetime',
  ].find((name) => form.getAll(name).length > 1);
  if (repeated !== undefined) return invalid('invalid_request', `${repeated} is given more than once`);
  if (form.get('grant_type') !== GRANT_TYPE)
    return invalid('unsupported_grant_type', `grant_type must be ${GRANT_TYPE}`);
  const subjectToken = form.get('subject_token') ?? '';
  if (subjectToken === '') return invalid('invalid_request', 'subject_token is missing');
  const subjectTokenType = SUBJECT_TOKEN_TYPES.find((type) => type === form.get('subject_token_type'));
  if (subjectTokenType === undefined)
    return invalid('invalid_request', `subject_token_type must be one of ${SUBJECT_TOKEN_TYPES.join(', ')}`);
  // Acting for another is not offered: to take the token and leave the actor out would hide who acts.
  if (form.has('actor_token')) return invalid('invalid_request', 'actor_token is not supported');
  const targets = readTargets(form);
  if (targets === undefined)
    return invalid('invalid_target', `resource must name a target, as ${TARGET_URN}NAME`);
  const actions = (form.get('scope') ?? '').split(' ').filter((action) => action !== '');
  if (actions.length > MAX_NARROWING || !actions.every((action) => ACTION.test(action))) {
    return invalid('invalid_scope', 'scope must be actions, such as "sql.read sql.ddl.*"');
  }
  const lifetime = form.get('requested_lifetime');
  if (lifetime !== null && !/^[1-9]\d{0,8}$/.test(lifetime))
    return invalid('invalid_request', 'requested_lifetime must be a number of seconds');
  return {
    subjectToken,
    subjectTokenType,
    targets,
    actions,
    lifetimeSeconds: lifetime === null ? undefined : Number(lifetime),
  };
}

function readTargets(form: URLSearchParams): readonly string[] | undefined {
  const names = [...form.getAll('resource'), ...form.getAll('audience')].map((value) =>
    value.startsWith(TARGET_URN) ? value.slice(TARGET_URN.length) : value,
  );
  return names.length <= MAX_NARROWING && names.every((name) => TARGET_NAME.test(name))
    ? [...new Set(names)]
    : undefined;
}

function invalid(error: OAuthError['error'], description: string): OAuthError {
  return { status: 400, error, description };
}
