import * as z from 'zod';

/** Fields of `spec` that protocols share; each protocol's file puts together what it has. */

export const host = z.string().min(1).max(253);
export const port = z.int().min(1).max(65_535);
export const username = z.string().min(1).max(255);

export const protocolName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be the name of a protocol, such as postgres');
