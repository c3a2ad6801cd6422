import type { Below } from './glob.ts';

const REACH: Readonly<Record<string, Below>> = {
  // Hold whole trees of names.
  cluster: 'anything',
  server: 'anything',
  database: 'anything',
  catalog: 'anything',
  schema: 'anything',
  namespace: 'anything',
  // Have no parts that a rule could name.
  column: 'nothing',
  function: 'nothing',
  procedure: 'nothing',
  aggregate: 'nothing',
  operator: 'nothing',
  type: 'nothing',
  language: 'nothing',
  extension: 'nothing',
  sequence: 'nothing',
  index: 'nothing',
  trigger: 'nothing',
  role: 'nothing',
  user: 'nothing',
  setting: 'nothing',
  channel: 'nothing',
  cursor: 'nothing',
  prepared: 'nothing',
  path: 'nothing',
  file: 'nothing',
  host: 'nothing',
  address: 'nothing',
  program: 'nothing',
  tool: 'nothing',
  prompt: 'nothing',
};

/**
 * What an object of this kind may hold below its name when a statement does
 * not list its parts. A kind that is not known here may have parts, as a table
 * has columns.
 */
export function reachBelow(kind: string): Below {
  return Object.hasOwn(REACH, kind) ? (REACH[kind] ?? 'part') : 'part';
}
