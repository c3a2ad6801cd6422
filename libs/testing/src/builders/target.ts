import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { TargetSchema, type Target } from '@sallyport/contracts/access';

/** A target for a spec: the production database `shop`, unless told otherwise. */
export function buildTarget(over: MessageInitShape<typeof TargetSchema> = {}): Target {
  return create(TargetSchema, { name: 'shop', protocol: 'postgres', labels: { env: 'production' }, ...over });
}
