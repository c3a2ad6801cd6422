import { open, rm } from 'node:fs/promises';
import type { Event } from '@sallyport/contracts/event';
import { RecordingReader } from '@sallyport/recording-format';
import { CliError, reasonOf, systemCode } from '../cli-error.ts';
import type { Invocation } from '../invocation.ts';
import { printableJson } from '../output/printable.ts';
import { openRecording } from '../sessions/recording-source.ts';
import type { CastEvent } from './cast-event.ts';
import { terminalSize } from './cast-statement.ts';
import { readIdleLimit } from './pace.ts';
import { readCast } from './read-cast.ts';
import { recordingEvents } from './recording-events.ts';

/** Of a session without a terminal. */
const USUAL_SIZE = { columns: 80, rows: 24, term: 'xterm-256color' };

/** Writes a session as an asciicast, to a file that must not exist or to standard output. */
export async function exportSession(invocation: Invocation): Promise<void> {
  const { output, world } = invocation;
  const file = invocation.optionalArgument(1);
  const source = await openRecording(invocation, invocation.argument(0));
  const events = recordingEvents(new RecordingReader(source.bytes));
  const lines = castLines(events, invocation.flag('input'), readIdleLimit(invocation.text('idleLimit')));
  if (file === undefined) {
    for await (const line of lines) world.stdout.write(`${line}\n`);
    return;
  }
  const handle = await open(file, 'wx', 0o600).catch((error: unknown) => {
    if (systemCode(error) === 'EEXIST') throw new CliError('usage', `${file} exists already.`);
    throw new CliError('failed', `${file} cannot be written.`, { reason: reasonOf(error) });
  });
  try {
    for await (const line of lines) await handle.write(`${line}\n`);
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  await output.answer(
    () => ({ session: invocation.argument(0), file, format: 'asciicast' }),
    () => output.line(`Saved in ${file}. Play it with: asciinema play ${file}`),
  );
}

/** asciicast v2: a header, then one event a line. What was typed only where it is asked for: it has passwords in it. */
async function* castLines(
  events: AsyncIterable<Event>,
  withInput: boolean,
  idleLimitMs: number | undefined,
): AsyncGenerator<string, void, undefined> {
  const waiting = new HeaderSource(events);
  const header = await waiting.read();
  const { size, startUs, title } = header;
  yield json({
    version: 2,
    width: size.columns,
    height: size.rows,
    timestamp: Math.floor(startUs / 1_000_000),
    ...(idleLimitMs === undefined ? {} : { idle_time_limit: idleLimitMs / 1000 }),
    ...(title === '' ? {} : { title }),
    env: { TERM: size.term === '' ? USUAL_SIZE.term : size.term },
  });
  let last = 0;
  for await (const event of readCast(waiting.events())) {
    if (event.code === 'i' && !withInput) continue;
    // A clock that was set back must not make a file that players refuse.
    last = Math.max(last, secondsSince(startUs, event));
    yield json([last, event.code, event.data]);
  }
}

function secondsSince(startUs: number, { timeUnixUs }: CastEvent): number {
  return Math.max(0, timeUnixUs - startUs) / 1_000_000;
}

function json(value: object): string {
  return printableJson(JSON.stringify(value));
}

/** Reads as far as the header needs, which is the first statement, and gives everything once more. */
class HeaderSource {
  readonly #events: AsyncIterator<Event>;
  readonly #seen: Event[] = [];

  constructor(events: AsyncIterable<Event>) {
    this.#events = events[Symbol.asyncIterator]();
  }

  async read(): Promise<{
    readonly size: typeof USUAL_SIZE;
    readonly startUs: number;
    readonly title: string;
  }> {
    let title = '';
    for (;;) {
      const next = await this.#events.next();
      if (next.done === true) break;
      this.#seen.push(next.value);
      const { body } = next.value;
      if (body.case === 'sessionOpened')
        title = `${body.value.principal?.name ?? ''} on ${body.value.target?.name ?? ''}`;
      const size = body.case === 'statementDecided' ? terminalSize(body.value) : null;
      if (body.case === 'statementDecided')
        return { size: size ?? USUAL_SIZE, startUs: this.#startUs(), title };
    }
    return { size: USUAL_SIZE, startUs: this.#startUs(), title };
  }

  async *events(): AsyncGenerator<Event, void, undefined> {
    yield* this.#seen.splice(0);
    for (let next = await this.#events.next(); next.done !== true; next = await this.#events.next())
      yield next.value;
  }

  #startUs(): number {
    return Number(this.#seen[0]?.timeUnixUs ?? 0n);
  }
}
