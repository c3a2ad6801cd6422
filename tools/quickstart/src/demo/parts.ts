import { postgresPart } from './postgres/part.ts';
import type { DemoPart } from './tour.ts';

/** The tour, by the names that `--demo` takes. */
export const DEMO_PARTS: Readonly<Record<string, DemoPart>> = { postgres: postgresPart };
