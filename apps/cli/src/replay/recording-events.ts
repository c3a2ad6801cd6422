import type { Event } from '@sallyport/contracts/event';
import { RecordingDamagedError, type RecordingReader } from '@sallyport/recording-format';
import { CliError } from '../cli-error.ts';

/** The events of a recording; what is damaged is said as people need it. */
export async function* recordingEvents(reader: RecordingReader): AsyncGenerator<Event, void, undefined> {
  try {
    for await (const { event } of reader) yield event;
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
}
