import { AccessError } from '@sallyport/errors';
import type { CallContext } from '@sallyport/service-kit';
import { parseComponentNames, type Component } from '../pki/component.ts';

/** The component that calls, by its verified certificate; undefined without one. */
export function componentOf({
  peerCertificate,
}: Pick<CallContext, 'peerCertificate'>): Component | undefined {
  return parseComponentNames(peerCertificate?.subjectaltname);
}

/** The id of the calling component. Throws if it is not of that kind. */
export function requireComponent(
  context: Pick<CallContext, 'peerCertificate'>,
  kind: Component['kind'],
): string {
  const component = componentOf(context);
  if (component === undefined)
    throw new AccessError('token_missing', 'This takes a certificate of a component that has joined.');
  if (component.kind !== kind) throw new AccessError('denied_by_rule', `This is for a ${kind} only.`);
  return component.id;
}
