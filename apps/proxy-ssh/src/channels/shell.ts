import { classifyShell } from '../stages/classify/classify-request.ts';
import type { ChannelKind } from './channel-kind.ts';
import { runProgram } from './run-program.ts';

/** An interactive shell: allowed or not as a whole, and recorded; what is typed into it is not decided on. */
export const shellChannel: ChannelKind = {
  name: 'shell',
  takes: ({ kind }) => kind === 'shell',
  start: (start) => runProgram(start, classifyShell(start.setup)),
};
