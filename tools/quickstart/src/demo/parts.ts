import { postgresPart } from './postgres/part.ts';
import { sshPart } from './ssh/part.ts';
import type { DemoPart } from './tour.ts';

/** The tour, by the names that `--demo` takes. */
export const DEMO_PARTS: Readonly<Record<string, DemoPart>> = { postgres: postgresPart, ssh: sshPart };
