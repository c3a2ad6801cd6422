import { isSessionId } from './session-id.ts';
import { lengthDelimitedTag, readVarint } from './varint.ts';

/** Bytes of a SHA-256 hash. */
export const HASH_BYTES = 32;

/** The number of the field of `Event.body` that holds each kind of event (event.proto). */
export const BODY_FIELD = {
  sessionOpened: 10,
  statementDecided: 11,
  holdCreated: 12,
  holdSettled: 13,
  input: 14,
  output: 15,
  statementFinished: 16,
  checkpoint: 17,
  sessionClosed: 18,
  policyChanged: 19,
} as const;

/** What stands before the body of an encoded event, and where the body is. */
export interface EventEnvelope {
  readonly sessionId: string;
  /** From 1. */
  readonly sequence: number;
  /** Writer's clock, microseconds since 1970. */
  readonly timeUnixUs: number;
  /** Hash of the event before; undefined in the first. */
  readonly previousHash: Uint8Array | undefined;
  readonly bodyField: number;
  readonly bodyOffset: number;
  readonly bodyLength: number;
}

const TAG_SESSION_ID = lengthDelimitedTag(1);
const TAG_SEQUENCE = 2 * 8;
const TAG_TIME = 3 * 8 + 1;
const TAG_PREVIOUS_HASH = lengthDelimitedTag(4);

/**
 * Reads the envelope of an encoded event without decoding its body. `head`
 * holds at least everything before the body; `totalLength` is the length of
 * the whole event.
 *
 * Accepts only the canonical layout that EventChain writes: fields 1, 2, 3, 4
 * in order, each once (4 absent exactly in the first event), then one body
 * that ends where the event ends. Protobuf would allow repeated and reordered
 * fields; two readers could then see two different events in the same bytes,
 * so anything else is not an event here.
 *
 * @returns undefined when the bytes are not a canonical event.
 */
export function readEnvelope(head: Uint8Array, totalLength = head.length): EventEnvelope | undefined {
  if (head[0] !== TAG_SESSION_ID) return undefined;
  const idLength = readVarint(head, 1);
  if (idLength === undefined || idLength.end + idLength.value > head.length) return undefined;
  let at = idLength.end + idLength.value;
  const sessionId = readSessionId(head, idLength.end, at);
  if (sessionId === undefined || head[at] !== TAG_SEQUENCE) return undefined;
  const sequence = readVarint(head, at + 1);
  if (sequence === undefined || sequence.value < 1 || head[sequence.end] !== TAG_TIME) return undefined;
  at = sequence.end + 1;
  if (at + 8 > head.length) return undefined;
  const timeUnixUs = readFixed64(head, at);
  at += 8;
  let previousHash: Uint8Array | undefined;
  if (sequence.value > 1) {
    if (head[at] !== TAG_PREVIOUS_HASH || head[at + 1] !== HASH_BYTES) return undefined;
    previousHash = head.subarray(at + 2, at + 2 + HASH_BYTES);
    at += 2 + HASH_BYTES;
  }
  const tag = readVarint(head, at);
  const length = tag === undefined ? undefined : readVarint(head, tag.end);
  if (tag === undefined || length === undefined || tag.value % 8 !== 2) return undefined;
  if (length.end + length.value !== totalLength || tag.value < lengthDelimitedTag(10)) return undefined;
  return {
    sessionId,
    sequence: sequence.value,
    timeUnixUs,
    previousHash,
    bodyField: (tag.value - 2) / 8,
    bodyOffset: length.end,
    bodyLength: length.value,
  };
}

/** Ids read before, by their last two bytes: few come again and again, and a string of each costs more than all the rest. */
const KNOWN_IDS = new Array<{ readonly bytes: Uint8Array; readonly text: string } | undefined>(256);

function readSessionId(bytes: Uint8Array, start: number, end: number): string | undefined {
  const slot = ((bytes[end - 1] ?? 0) * 61 + (bytes[end - 2] ?? 0)) % KNOWN_IDS.length;
  const known = KNOWN_IDS[slot];
  if (known !== undefined && isBetween(known.bytes, bytes, start, end)) return known.text;
  const text = asciiText(bytes, start, end);
  if (!isSessionId(text)) return undefined;
  KNOWN_IDS[slot] = { bytes: bytes.slice(start, end), text };
  return text;
}

/** Whether `wanted` is exactly what lies between `start` and `end`. */
function isBetween(wanted: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (wanted.length !== end - start) return false;
  for (let index = 0; index < wanted.length; index += 1)
    if (wanted[index] !== bytes[start + index]) return false;
  return true;
}

/** At most 128 bytes: a longer one is no session id. */
function asciiText(bytes: Uint8Array, start: number, end: number): string {
  return end - start > 128 ? '' : String.fromCharCode(...bytes.subarray(start, end));
}

function readFixed64(bytes: Uint8Array, offset: number): number {
  let value = 0;
  for (let index = 7; index >= 0; index -= 1) value = value * 0x100 + (bytes[offset + index] ?? 0);
  return value;
}

/** The two facts that whoever stores events needs of each: cheap enough for every event (about 0.05 us). */
export interface EventGlance {
  readonly sequence: number;
  readonly bodyField: number;
}

/** As `readEnvelope`, for an event that an EventChain of this process wrote: skips over what it does not return. */
export function glanceAtEvent(head: Uint8Array): EventGlance | undefined {
  const idLength = head[1];
  if (head[0] !== TAG_SESSION_ID || idLength === undefined) return undefined;
  // Lengths up to 128 take one byte, or two for exactly 128.
  const idStart = idLength < 0x80 ? 2 : 3;
  const sequence = readVarint(head, idStart + idLength + 1);
  if (sequence === undefined) return undefined;
  const afterTime = sequence.end + 9;
  const tag = readVarint(
    head,
    head[afterTime] === TAG_PREVIOUS_HASH ? afterTime + 2 + HASH_BYTES : afterTime,
  );
  return tag === undefined ? undefined : { sequence: sequence.value, bodyField: (tag.value - 2) / 8 };
}
