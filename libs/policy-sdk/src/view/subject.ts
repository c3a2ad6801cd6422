import type { JsonValue } from '@bufbuild/protobuf';
import { PrincipalKind, type Principal, type Subject } from '@sallyport/contracts/access';

/** As `user`: whoever it is. */
export const ANY_USER = '*';

/**
 * Whether a principal is one of a subject. Every field that is set must match;
 * a subject with no field set, or with a claim that is not "name=value",
 * matches nobody. `user` compares the name that people read, which is only
 * unique within one issuer: set `issuer` too where there are several.
 */
export function matchesSubject(subject: Subject, principal: Principal): boolean {
  const { user, group, kind, issuer, claim } = subject;
  if (user === '' && group === '' && kind === PrincipalKind.UNSPECIFIED && issuer === '' && claim === '')
    return false;
  return (
    (user === '' || user === ANY_USER || user === principal.name) &&
    (group === '' || principal.groups.includes(group)) &&
    (kind === PrincipalKind.UNSPECIFIED || kind === principal.kind) &&
    (issuer === '' || issuer === principal.issuer) &&
    (claim === '' || hasClaim(principal, claim))
  );
}

function hasClaim(principal: Principal, claim: string): boolean {
  const equals = claim.indexOf('=');
  const name = claim.slice(0, Math.max(equals, 0));
  const claims = principal.claims;
  if (equals <= 0 || claims === undefined || !Object.hasOwn(claims, name)) return false;
  const wanted = claim.slice(equals + 1);
  const value = claims[name];
  return Array.isArray(value) ? value.some((each) => isText(each, wanted)) : isText(value, wanted);
}

/** Claims that are numbers or bools compare as they are written in JSON. */
function isText(value: JsonValue | undefined, text: string): boolean {
  if (typeof value === 'string') return value === text;
  return (typeof value === 'number' || typeof value === 'boolean') && String(value) === text;
}
