import type { Event } from '@sallyport/contracts/event';
import {
  readStatements,
  RecordingDamagedError,
  RecordingReader,
  type RecordedEvent,
  unpackData,
} from '@sallyport/recording-format';
import { CliError } from '../cli-error.ts';
import type { ExitName } from '../exit-code.ts';
import type { Invocation } from '../invocation.ts';
import { openRecording } from '../sessions/recording-source.ts';
import { AnswerDecoder } from './answer-decoder.ts';
import { printItem } from './print-timeline.ts';
import { timelineJson } from './timeline-json.ts';

const MOST_DATA_BYTES = 16 * 1024 * 1024;
const VALUE_COLUMNS = 60;
/** Playing back, nobody wants to wait for a caller who went to lunch. */
const LONGEST_WAIT_MS = 10_000;

/** Shows a recording as a timeline. It believes the recording; `sallyport verify` says whether to. */
export async function replaySession(invocation: Invocation): Promise<ExitName> {
  const { output, world } = invocation;
  const speed = readSpeed(invocation.text('speed'));
  const rows = invocation.count('rows') ?? 0;
  const limits = {
    rows: rows === 0 ? Number.POSITIVE_INFINITY : rows,
    valueColumns: invocation.flag('wide') ? Number.POSITIVE_INFINITY : VALUE_COLUMNS,
  };
  const source = await openRecording(invocation, invocation.argument(0));
  const reader = new RecordingReader(source.bytes);
  const decoder = new AnswerDecoder();
  let startUs: number | undefined;
  let shownUs: number | undefined;
  try {
    for await (const item of readStatements(eventsOf(reader), {
      maxDataBytes: MOST_DATA_BYTES,
      decompress: unpackData,
    })) {
      const { timeUnixUs } = item;
      const start = (startUs ??= timeUnixUs);
      if (speed !== undefined && shownUs !== undefined)
        await pause(invocation, (timeUnixUs - shownUs) / 1000 / speed);
      if (world.interrupted.aborted) return 'interrupted';
      shownUs = timeUnixUs;
      await output.item(
        () => timelineJson(item, decoder),
        () => printItem(output, item, start, decoder, limits),
      );
    }
  } catch (error) {
    if (!(error instanceof RecordingDamagedError)) throw error;
    throw new CliError(
      'failed',
      `The recording is damaged at byte ${error.offset}; what comes before it is above.`,
      {
        next: 'Run "sallyport verify" on it to see everything that is wrong.',
      },
    );
  }
  if (reader.seal === undefined)
    output.say('There is no seal: the session is still open, or the recording is not complete.');
  return 'ok';
}

async function* eventsOf(events: AsyncIterable<RecordedEvent>): AsyncGenerator<Event, void, undefined> {
  for await (const { event } of events) yield event;
}

function readSpeed(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const speed = Number(text.replace(/x$/, ''));
  if (Number.isFinite(speed) && speed > 0) return speed;
  throw new CliError('usage', `--speed "${text}" is not a factor.`, { next: 'Write it like 1, 4 or 0.5.' });
}

async function pause({ world }: Invocation, ms: number): Promise<void> {
  if (ms > 0) await world.sleep(Math.min(ms, LONGEST_WAIT_MS), world.interrupted).catch(() => undefined);
}
