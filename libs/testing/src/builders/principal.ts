import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { PrincipalKind, PrincipalSchema, type Principal } from '@sallyport/contracts/access';

/** A principal for a spec: an agent in the group `agents`, unless told otherwise. */
export function buildPrincipal(over: MessageInitShape<typeof PrincipalSchema> = {}): Principal {
  return create(PrincipalSchema, {
    id: 'principal-agent',
    name: 'shop-agent',
    kind: PrincipalKind.AGENT,
    issuer: 'https://issuer.example',
    subject: 'shop-agent',
    groups: ['agents'],
    ...over,
  });
}
