import { TextDecoder } from 'node:util';
import { Outcome } from '@sallyport/contracts/access';
import {
  StatementOutcomeSchema,
  type StatementDecided,
  type StatementFinished,
} from '@sallyport/contracts/event';
import { enumWords } from '../output/message-json.ts';
import { printable } from '../output/printable.ts';
import type { CastEvent } from './cast-event.ts';

const DIM = '\u001b[2m';
const RED = '\u001b[31m';
const PLAIN = '\u001b[0m';

type Part = Omit<CastEvent, 'timeUnixUs'>;
type Stream = 'stdout' | 'stderr' | 'input';

/** One statement of a session on its way to a terminal: what it shows, by what was recorded of it. */
export class CastStatement {
  readonly #text: string;
  readonly #isFile: boolean;
  readonly #decoders = new Map<Stream, TextDecoder>();
  readonly #decided: StatementDecided;

  constructor(decided: StatementDecided) {
    this.#decided = decided;
    this.#text = printable(decided.statement?.text ?? '');
    const kind = decided.statement?.kind ?? '';
    this.#isFile = kind === 'ssh.sftp' || kind === 'ssh.scp';
  }

  /** The statement itself, and what became of it if it did not run. */
  begin(): readonly Part[] {
    const { statement, decision } = this.#decided;
    const parts: Part[] = [{ code: 'm', data: this.#text === '' ? (statement?.kind ?? '') : this.#text }];
    const size = terminalSize(this.#decided);
    if (size !== null) parts.push({ code: 'r', data: `${size.columns}x${size.rows}` });
    if (!this.#isFile && statement?.kind !== 'ssh.shell' && this.#text !== '')
      parts.push(line(DIM, `$ ${this.#text}`));
    if (decision?.outcome === Outcome.DENY)
      parts.push(line(RED, `sallyport: ${printable(decision.message)}`));
    return parts;
  }

  /** Bytes that the caller received. */
  output(format: string, channel: string, data: Uint8Array): readonly Part[] {
    if (this.#isFile) return [];
    if (format === 'terminal') return this.#show('stdout', data, (text) => text);
    if (format !== 'bytes') return [line(DIM, `(${data.length} bytes of ${format})`)];
    if (channel !== 'stderr') return this.#show('stdout', data, asLines);
    return this.#show('stderr', data, (text) => RED + asLines(text) + PLAIN);
  }

  /** Bytes that the caller sent. */
  input(format: string, data: Uint8Array): readonly Part[] {
    if (this.#isFile || (format !== 'terminal' && format !== 'bytes')) return [];
    const text = this.#decode('input', data);
    return text === '' ? [] : [{ code: 'i', data: text }];
  }

  /** How it ended, where that is not as usual. */
  end({ outcome, status }: StatementFinished): readonly Part[] {
    const word = enumWords(StatementOutcomeSchema, outcome);
    if (this.#isFile) return [line(DIM, `${this.#text}: ${word} ${printable(status)}`.trimEnd())];
    const isUsual = status === 'exit 0' || status === '' || this.#decided.decision?.outcome === Outcome.DENY;
    return isUsual ? [] : [line(DIM, `(${printable(status)})`)];
  }

  #show(stream: Stream, data: Uint8Array, render: (text: string) => string): readonly Part[] {
    const text = this.#decode(stream, data);
    return text === '' ? [] : [{ code: 'o', data: render(text) }];
  }

  /** A character that two pieces share comes with the second. */
  #decode(stream: Stream, data: Uint8Array): string {
    const known = this.#decoders.get(stream);
    const decoder = known ?? new TextDecoder('utf-8', { ignoreBOM: true });
    if (known === undefined) this.#decoders.set(stream, decoder);
    return decoder.decode(data, { stream: true });
  }
}

/** The terminal that a statement was given, if it was given one. */
export function terminalSize({
  statement,
}: StatementDecided): { readonly columns: number; readonly rows: number; readonly term: string } | null {
  const { columns, rows, term } = statement?.fields ?? {};
  if (typeof columns !== 'number' || typeof rows !== 'number' || columns < 1 || rows < 1) return null;
  return { columns, rows, term: typeof term === 'string' ? term : '' };
}

function line(style: string, text: string): Part {
  return { code: 'o', data: `${style}${text}${PLAIN}\r\n` };
}

/** Without a terminal nothing puts the cursor back at a line's end. */
function asLines(text: string): string {
  return text.replaceAll(/\r?\n/g, '\r\n');
}
