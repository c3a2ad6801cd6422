import { create } from '@bufbuild/protobuf';
import { StatementSchema, type Statement } from '@sallyport/contracts/access';
import type { StatementRequest } from '../decide/decided-statement.ts';

/** The statement as the message that events, Decide and holds carry. */
export function toStatement(request: StatementRequest): Statement {
  return create(StatementSchema, {
    id: request.id,
    kind: request.shape.kind,
    text: request.text,
    parameters: [...request.parameters],
    effects: request.shape.effects.map((effect) => ({
      action: effect.action,
      objects: effect.objects.map((object) => ({
        kind: object.kind,
        name: object.name,
        parts: [...(object.parts ?? [])],
      })),
      readOnly: effect.readOnly,
    })),
    ...(request.fields === undefined ? {} : { fields: request.fields }),
    effectiveRole: request.shape.effectiveRole,
    digest: request.digest,
  });
}
