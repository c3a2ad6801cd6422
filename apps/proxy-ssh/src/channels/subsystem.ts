import { classifySubsystem } from '../stages/classify/classify-request.ts';
import type { ChannelKind } from './channel-kind.ts';
import { runProgram } from './run-program.ts';

/** A subsystem that nothing is known of: a right of its own, and recorded as bytes. */
export const subsystemChannel: ChannelKind = {
  name: 'subsystem',
  takes: ({ kind }) => kind === 'subsystem',
  start: (start) => {
    const { request, setup } = start;
    if (request.kind !== 'subsystem') throw new Error('a subsystem channel was started for something else');
    return runProgram(start, classifySubsystem(request.name, setup));
  },
};
