import { classifyShell } from '../stages/classify/classify-request.ts';
import type { ChannelKind } from './channel-kind.ts';
import { runGuardedShell, startsGuarded } from './guarded-shell/guarded-shell.ts';
import { runProgram } from './run-program.ts';

/**
 * An interactive shell: allowed as a whole, recorded, and what is typed into it
 * not decided on; or guarded, so that each line is.
 */
export const shellChannel: ChannelKind = {
  name: 'shell',
  takes: ({ kind }) => kind === 'shell',
  start: async (start) =>
    (await startsGuarded(start)) ? runGuardedShell(start) : runProgram(start, classifyShell(start.setup)),
};
