import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the checkout. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export const inCheckout = (...parts: readonly string[]): string => join(ROOT, ...parts);
