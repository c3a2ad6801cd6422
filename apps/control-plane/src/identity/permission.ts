/** Every admin right there is; a Role names some of them. */
export const PERMISSIONS = [
  // See resources; secrets are never shown.
  'resources.read',
  // Change policies and targets. Whoever may, can open any target to themselves.
  'resources.write',
  // Change issuers and roles: who people are, and what admin rights they have.
  'identity.write',
  // See everybody's sessions and recordings.
  'sessions.read',
  'sessions.end',
  // See holds that one neither asked for nor may review.
  'holds.read',
  'locks.read',
  'locks.write',
  // See and revoke everybody's tokens.
  'tokens.revoke',
  // Let a proxy or recorder in.
  'components.join',
] as const;

export type Permission = (typeof PERMISSIONS)[number];
