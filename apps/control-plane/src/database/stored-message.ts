import { fromJson, toJson, type DescMessage, type JsonValue, type MessageShape } from '@bufbuild/protobuf';
import type { Prisma } from './database.ts';

/** A message for a JSON column. */
export function toStored<D extends DescMessage>(schema: D, message: MessageShape<D>): Prisma.InputJsonObject {
  return toJson(schema, message) as Prisma.InputJsonObject;
}

/** The message of a JSON column. Throws if it is not one, rather than to guess. */
export function fromStored<D extends DescMessage>(schema: D, value: Prisma.JsonValue): MessageShape<D> {
  return fromJson(schema, value as JsonValue, { ignoreUnknownFields: true });
}
