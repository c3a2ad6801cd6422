const SESSION_ID = /^[A-Za-z0-9_-]{1,128}$/;

/**
 * Whether `value` can be a session id: letters, digits, `_` and `-` only. It
 * becomes a file name and a NATS subject token, so nothing else may pass.
 */
export function isSessionId(value: string): boolean {
  return SESSION_ID.test(value);
}
