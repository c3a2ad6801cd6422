import { readStatements, RecordingReader, unpackData } from '@sallyport/recording-format';
import type { ExitName } from '../exit-code.ts';
import type { Invocation } from '../invocation.ts';
import { openRecording } from '../sessions/recording-source.ts';
import { AnswerDecoder } from './answer-decoder.ts';
import { Pace } from './pace.ts';
import { printItem } from './print-timeline.ts';
import { recordingEvents } from './recording-events.ts';
import { replayTerminal } from './replay-terminal.ts';
import { timelineJson } from './timeline-json.ts';

const MOST_DATA_BYTES = 16 * 1024 * 1024;
const VALUE_COLUMNS = 60;

/** Shows a recording as a timeline. It believes the recording; `sallyport verify` says whether to. */
export async function replaySession(invocation: Invocation): Promise<ExitName> {
  const { output } = invocation;
  if (invocation.flag('terminal')) return replayTerminal(invocation);
  const pace = new Pace(invocation, undefined);
  const rows = invocation.count('rows') ?? 0;
  const limits = {
    rows: rows === 0 ? Number.POSITIVE_INFINITY : rows,
    valueColumns: invocation.flag('wide') ? Number.POSITIVE_INFINITY : VALUE_COLUMNS,
  };
  const source = await openRecording(invocation, invocation.argument(0));
  const reader = new RecordingReader(source.bytes);
  const decoder = new AnswerDecoder();
  let startUs: number | undefined;
  for await (const item of readStatements(recordingEvents(reader), {
    maxDataBytes: MOST_DATA_BYTES,
    decompress: unpackData,
  })) {
    const start = (startUs ??= item.timeUnixUs);
    if (!(await pace.until(item.timeUnixUs))) return 'interrupted';
    await output.item(
      () => timelineJson(item, decoder),
      () => printItem(output, item, start, decoder, limits),
    );
  }
  if (reader.seal === undefined)
    output.say('There is no seal: the session is still open, or the recording is not complete.');
  return 'ok';
}
