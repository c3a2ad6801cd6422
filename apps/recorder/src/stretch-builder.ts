import type { MessageInitShape } from '@bufbuild/protobuf';
import { Outcome } from '@sallyport/contracts/access';
import type { IndexStretchSchema } from '@sallyport/contracts/dataplane';
import { BODY_FIELD, type EventEnvelope } from '@sallyport/recording-format';
import { deflateRawSync } from 'node:zlib';
import { MessageBytes, varintBytes } from './message-bytes.ts';
import { MessageFields } from './message-fields.ts';

export type IndexStretchInit = MessageInitShape<typeof IndexStretchSchema>;

/** Between two statements' texts. */
const SEPARATOR = '\u001e';
/** PostgreSQL has no NUL in text, and the separator is no part of one. */
const NOT_SEARCHABLE = /[\0\u001e]/g;
/** What can be searched for of one statement; the rest of it is in its entry. */
const MAX_TEXT_BYTES = 1024 * 1024;

/** Fields of sallyport.access.v1.Statement and Decision, by their number, to those of IndexedStatement. */
const OF_STATEMENT: Readonly<Record<number, number>> = { 1: 1, 2: 2, 3: 3, 5: 4 };
const OF_DECISION: Readonly<Record<number, number>> = { 1: 5, 2: 6, 4: 7 };
/** StatementFinished has what IndexedFinish has, under the same numbers, and then more. */
const OF_FINISH: Readonly<Record<number, number>> = { 1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6 };
const TEXT_OF_STATEMENT = 3;
const OUTCOME_OF_DECISION = 1;
/** Fields of StatementDecided. */
const STATEMENT = 1;
const DECISION = 2;

const TAG_ENTRY = 0x0a;
const TAG_SEQUENCE = 0x10;
const TAG_TIME = 0x19;
const TAG_STATEMENT = 0x22;
const TAG_FINISH = 0x2a;

/** Whether anything of an event with such a body is indexed. */
export function isIndexed(bodyField: number): boolean {
  return bodyField === BODY_FIELD.statementDecided || bodyField === BODY_FIELD.statementFinished;
}

/** What of one event goes into the index. */
interface Found {
  text: string | undefined;
  outcome: number;
}

/**
 * Makes stretches of the index (recording_index_service.proto) from encoded events. The
 * entries' bytes are the events' own under other tags: nothing is decoded and encoded again.
 * One after the other, with the same memory.
 */
export class StretchBuilder {
  readonly #entries = new MessageBytes();
  readonly #body = new MessageBytes();
  #texts: string[] = [];
  #denied = 0;
  #held = 0;
  #count = 0;
  #first = 0;
  #last = 0;

  /** Entries so far. */
  get count(): number {
    return this.#count;
  }

  /** About how large the stretch is, bytes. */
  get bytes(): number {
    return this.#entries.length;
  }

  /**
   * Adds an event of which something is indexed; events come in order.
   * @throws MalformedMessageError when its body is none; nothing of it is added then.
   */
  add(event: Uint8Array, envelope: EventEnvelope): void {
    const { bodyField, bodyOffset, bodyLength, sequence } = envelope;
    const fields = new MessageFields(event, bodyOffset, bodyOffset + bodyLength);
    const found: Found = { text: undefined, outcome: 0 };
    this.#body.clear();
    const decided = bodyField === BODY_FIELD.statementDecided;
    if (decided) this.#takeDecided(event, fields, found);
    else this.#take(event, fields, OF_FINISH);
    this.#writeEntry(envelope, decided ? TAG_STATEMENT : TAG_FINISH);
    if (decided) this.#texts.push(found.text ?? '');
    if (found.outcome === Outcome.DENY) this.#denied += 1;
    if (found.outcome === Outcome.HOLD) this.#held += 1;
    if (this.#count === 0) this.#first = sequence;
    this.#last = sequence;
    this.#count += 1;
  }

  /** What was added since the last call, as a stretch of that session; undefined when nothing was. */
  build(sessionId: string): IndexStretchInit | undefined {
    if (this.#count === 0) return undefined;
    const stretch = {
      sessionId,
      firstSequence: BigInt(this.#first),
      lastSequence: BigInt(this.#last),
      statements: this.#texts.length,
      denied: this.#denied,
      held: this.#held,
      text: this.#texts.join(SEPARATOR),
      entries: deflateRawSync(this.#entries.written, { level: 1 }),
    };
    this.#clear();
    return stretch;
  }

  #clear(): void {
    this.#entries.clear();
    this.#texts = [];
    this.#denied = 0;
    this.#held = 0;
    this.#count = 0;
  }

  #takeDecided(event: Uint8Array, fields: MessageFields, found: Found): void {
    while (fields.next()) {
      if (!fields.isLengthDelimited) continue;
      const inner = new MessageFields(event, fields.start, fields.end);
      if (fields.number === STATEMENT) this.#take(event, inner, OF_STATEMENT, found);
      if (fields.number === DECISION) this.#take(event, inner, OF_DECISION, found);
    }
  }

  #take(
    event: Uint8Array,
    fields: MessageFields,
    numbers: Readonly<Record<number, number>>,
    found?: Found,
  ): void {
    while (fields.next()) {
      const number = numbers[fields.number];
      if (number === undefined) continue;
      this.#body.byte(number * 8 + fields.wireType);
      this.#body.copy(event, fields.afterTag, fields.end);
      if (found === undefined) continue;
      if (numbers === OF_STATEMENT && fields.number === TEXT_OF_STATEMENT)
        found.text = textBetween(event, fields.start, fields.end);
      if (numbers === OF_DECISION && fields.number === OUTCOME_OF_DECISION) found.outcome = fields.varint();
    }
  }

  #writeEntry({ sequence, timeUnixUs }: EventEnvelope, tag: number): void {
    const entries = this.#entries;
    const body = this.#body.written;
    const envelopeBytes = 1 + varintBytes(sequence) + 1 + 8;
    entries.byte(TAG_ENTRY);
    entries.varint(envelopeBytes + 1 + varintBytes(body.length) + body.length);
    entries.byte(TAG_SEQUENCE);
    entries.varint(sequence);
    entries.byte(TAG_TIME);
    entries.fixed64(timeUnixUs);
    entries.byte(tag);
    entries.varint(body.length);
    entries.copy(body, 0, body.length);
  }
}

function textBetween(bytes: Uint8Array, start: number, end: number): string {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const text = view.toString('utf8', start, Math.min(end, start + MAX_TEXT_BYTES));
  return text.replace(NOT_SEARCHABLE, ' ');
}
