import { create } from '@bufbuild/protobuf';
import {
  ParameterSchema,
  StatementSchema,
  type Parameter,
  type Statement,
} from '@sallyport/contracts/access';
import type { StatementParameter, StatementRequest } from '../decide/decided-statement.ts';

/** The statement as the message that events, Decide and holds carry. */
export function toStatement(request: StatementRequest): Statement {
  return create(StatementSchema, {
    id: request.id,
    kind: request.shape.kind,
    text: request.text,
    parameters: request.parameters.map(toParameter),
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
    digest: request.digest(),
  });
}

function toParameter({ name, type, value }: StatementParameter): Parameter {
  if (value === null) return create(ParameterSchema, { name, type });
  return typeof value === 'string'
    ? create(ParameterSchema, { name, type, value: { case: 'text', value } })
    : create(ParameterSchema, { name, type, value: { case: 'binary', value } });
}
