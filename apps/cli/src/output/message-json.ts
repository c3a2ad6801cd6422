import {
  toJson,
  type DescEnum,
  type DescMessage,
  type JsonValue,
  type MessageShape,
} from '@bufbuild/protobuf';

/**
 * A message as the admin API writes it in JSON (ProtoJSON), with every field that has a
 * default written out, so that a script finds an empty list where there is none.
 */
export function messageJson<Desc extends DescMessage>(schema: Desc, message: MessageShape<Desc>): JsonValue {
  return toJson(schema, message, { alwaysEmitImplicit: true });
}

/** An enum's value as people read it: HOLD_STATUS_TIMED_OUT is "timed out"; the unspecified one is empty. */
export function enumWords(schema: DescEnum, value: number): string {
  const name = schema.value[value]?.localName ?? `UNKNOWN_${value}`;
  return value === 0 ? '' : name.toLowerCase().replaceAll('_', ' ');
}
