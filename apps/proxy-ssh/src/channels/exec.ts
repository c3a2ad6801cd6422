import { classifyCommand } from '../stages/classify/classify-command.ts';
import type { ChannelKind } from './channel-kind.ts';
import { runProgram } from './run-program.ts';

/** A command: read as the target's shell would read it, and decided on as a whole. */
export const execChannel: ChannelKind = {
  name: 'exec',
  takes: ({ kind }) => kind === 'exec',
  start: (start) => {
    const { request, setup, core } = start;
    if (request.kind !== 'exec') throw new Error('an exec channel was started for something else');
    return runProgram(start, classifyCommand(request.command, setup, core.config.limits.maxCommandBytes));
  },
};
