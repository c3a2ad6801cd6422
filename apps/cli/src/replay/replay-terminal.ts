import { RecordingReader } from '@sallyport/recording-format';
import type { ExitName } from '../exit-code.ts';
import type { Invocation } from '../invocation.ts';
import { openRecording } from '../sessions/recording-source.ts';
import { Pace } from './pace.ts';
import { readCast } from './read-cast.ts';
import { recordingEvents } from './recording-events.ts';
import { TERMINAL_RESET, TerminalFilter } from './terminal-filter.ts';

/** Plays a recording on this terminal, as its caller saw it. It believes the recording; `sallyport verify` says whether to. */
export async function replayTerminal(invocation: Invocation): Promise<ExitName> {
  const { output, world } = invocation;
  const pace = new Pace(invocation, 1);
  const source = await openRecording(invocation, invocation.argument(0));
  const reader = new RecordingReader(source.bytes);
  const filter = new TerminalFilter();
  try {
    for await (const { timeUnixUs, code, data } of readCast(recordingEvents(reader))) {
      if (code !== 'o') continue;
      if (!(await pace.until(timeUnixUs))) return 'interrupted';
      world.stdout.write(filter.filter(data));
    }
  } finally {
    if (world.stdout.isTty) world.stdout.write(TERMINAL_RESET);
  }
  if (reader.seal === undefined)
    output.say('There is no seal: the session is still open, or the recording is not complete.');
  return 'ok';
}
