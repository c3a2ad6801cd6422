import * as z from 'zod';
import { API_VERSION } from './manifest.ts';

/** A strict manifest schema of one kind. */
export function manifestSchema<K extends string, S extends z.ZodType>(kind: K, spec: S) {
  return z.strictObject({
    apiVersion: z.literal(API_VERSION),
    kind: z.literal(kind),
    metadata: z.strictObject({
      name: z.string(),
      labels: z.record(z.string().min(1).max(63), z.string().max(255)).default({}),
      description: z.string().max(1000).default(''),
    }),
    spec,
  });
}
