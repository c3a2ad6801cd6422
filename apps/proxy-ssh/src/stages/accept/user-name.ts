/** What a caller's user name asks for: `LOGIN@TARGET`, or `TARGET` with the target's own login. */
export interface RequestedTarget {
  readonly target: string;
  /** Empty: the target's own. */
  readonly login: string;
}

/** The last `@` counts, since a login may have one itself (`ana@corp.example@host`). */
export function parseUserName(user: string): RequestedTarget {
  const at = user.lastIndexOf('@');
  return { target: user.slice(at + 1), login: at === -1 ? '' : user.slice(0, at) };
}
