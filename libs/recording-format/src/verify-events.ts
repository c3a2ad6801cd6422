import { fromBinary } from '@bufbuild/protobuf';
import {
  EventSchema,
  type Checkpoint,
  type SessionClosed,
  type SessionOpened,
} from '@sallyport/contracts/event';
import { verifySessionCertificate, type TrustedKeys } from './certificates.ts';
import { equalBytes } from './equal-bytes.ts';
import { BODY_FIELD, readEnvelope, type EventEnvelope } from './event-envelope.ts';
import type { ProblemList } from './problem-list.ts';
import { checkpointMessage, closeMessage } from './signed-message.ts';
import type { VerifyCrypto } from './verify-crypto.ts';
import type { VerifiedSession } from './verify-report.ts';

const LAST_KNOWN_BODY = Math.max(...Object.values(BODY_FIELD));
/** The events whose bodies matter here: they carry a certificate or a signature. */
const SIGNED_BODIES: ReadonlySet<number> = new Set([
  BODY_FIELD.sessionOpened,
  BODY_FIELD.checkpoint,
  BODY_FIELD.sessionClosed,
]);

/**
 * Checks the events of one recording, in the order of the file: numbers,
 * hashes, the certificate and the proxy's signatures. After a problem it goes
 * on from where the file goes on, so that one cause is one problem.
 */
export class EventVerifier {
  readonly #found: ProblemList;
  readonly #trusted: TrustedKeys;
  readonly #crypto: VerifyCrypto;
  #sessionId: string | undefined;
  #sessionKey: Uint8Array | undefined;
  #lastTimeUnixUs: number | undefined;
  /** Of the event just before; undefined where that one could not be read. */
  #lastHash: Uint8Array | undefined = new Uint8Array();
  #signedThrough = 0;
  session: VerifiedSession | undefined;
  events = 0;
  lastSequence = 0;
  closed = false;
  firstTimeUnixUs: number | undefined;

  constructor(found: ProblemList, trusted: TrustedKeys, crypto: VerifyCrypto) {
    this.#found = found;
    this.#trusted = trusted;
    this.#crypto = crypto;
  }

  get sessionId(): string | undefined {
    return this.#sessionId;
  }

  get lastHash(): Uint8Array | undefined {
    return this.#lastHash;
  }

  get lastTimeUnixUs(): number | undefined {
    return this.#lastTimeUnixUs;
  }

  get signedThrough(): number {
    return this.#signedThrough;
  }

  /** An event stood here whose bytes cannot be used. */
  skip(): void {
    this.lastSequence += 1;
    this.#lastHash = undefined;
  }

  async check(bytes: Uint8Array, offset: number): Promise<void> {
    this.events += 1;
    const envelope = readEnvelope(bytes);
    if (envelope === undefined) {
      this.#found.add('event_malformed', this.lastSequence + 1, offset, 'These bytes are not an event.');
      this.skip();
      return;
    }
    if (!this.#isOfSession(envelope, offset)) return;
    const hash = await this.#crypto.sha256(bytes);
    if (!this.#isInPlace(envelope, hash, offset)) return;
    if (this.closed) {
      this.#found.add(
        'event_after_close',
        envelope.sequence,
        offset,
        'An event follows the close of the session.',
      );
    }
    this.#noteTime(envelope);
    this.#checkOpeningPlace(envelope, offset);
    this.lastSequence = envelope.sequence;
    this.#lastHash = hash;
    await this.#checkBody(envelope, bytes, offset);
  }

  #isOfSession(envelope: EventEnvelope, offset: number): boolean {
    this.#sessionId ??= envelope.sessionId;
    if (envelope.sessionId === this.#sessionId) return true;
    const message = `An event of session ${envelope.sessionId} stands in the recording of ${this.#sessionId}.`;
    this.#found.add('event_of_other_session', envelope.sequence, offset, message);
    return false;
  }

  /** Whether the event goes on from the one before, or at least stands after it. */
  #isInPlace(envelope: EventEnvelope, hash: Uint8Array, offset: number): boolean {
    const { sequence } = envelope;
    const expected = this.lastSequence + 1;
    if (sequence < expected) {
      const again =
        sequence === this.lastSequence && this.#lastHash !== undefined && equalBytes(hash, this.#lastHash);
      if (again) this.#found.add('event_repeated', sequence, offset, `Event ${sequence} is there twice.`);
      else {
        const message = `Event ${sequence} stands after event ${this.lastSequence}: it was moved, repeated or put in.`;
        this.#found.add('event_out_of_order', sequence, offset, message);
      }
      return false;
    }
    if (sequence > expected) {
      const missing =
        sequence - 1 === expected ? `Event ${expected} is` : `Events ${expected} to ${sequence - 1} are`;
      this.#found.add('event_missing', expected, offset, `${missing} missing before event ${sequence}.`);
    } else if (
      this.#lastHash !== undefined &&
      !equalBytes(envelope.previousHash ?? new Uint8Array(), this.#lastHash)
    ) {
      const message = `Event ${sequence} does not carry the hash of event ${expected - 1}: one of the two was altered or replaced.`;
      this.#found.add('event_altered', sequence, offset, message);
    }
    return true;
  }

  #noteTime(envelope: EventEnvelope): void {
    this.firstTimeUnixUs ??= envelope.timeUnixUs;
    if (this.#lastTimeUnixUs !== undefined && envelope.timeUnixUs < this.#lastTimeUnixUs) {
      this.#found.note(
        'clock_backwards',
        envelope.sequence,
        "The proxy's clock went back before this event.",
      );
    }
    this.#lastTimeUnixUs = envelope.timeUnixUs;
  }

  #checkOpeningPlace({ bodyField, sequence }: EventEnvelope, offset: number): void {
    const opens = bodyField === BODY_FIELD.sessionOpened;
    if (this.lastSequence === 0 && (!opens || sequence !== 1)) {
      const message = 'The recording does not begin with the opening of the session.';
      this.#found.add('opening_missing', sequence, offset, message);
    } else if (this.lastSequence > 0 && opens) {
      this.#found.add('opening_repeated', sequence, offset, 'The session is opened a second time.');
    }
  }

  async #checkBody(envelope: EventEnvelope, bytes: Uint8Array, offset: number): Promise<void> {
    const { bodyField, sequence } = envelope;
    if (bodyField > LAST_KNOWN_BODY) {
      this.#found.note('unknown_event', sequence, 'A newer proxy wrote an event of a kind unknown here.');
      return;
    }
    if (!SIGNED_BODIES.has(bodyField)) return;
    const body = decodeBody(bytes);
    if (body?.case === 'sessionOpened') await this.#checkOpening(body.value, envelope, offset);
    else if (body?.case === 'checkpoint') await this.#checkSignature(body.value, undefined, envelope, offset);
    else if (body?.case === 'sessionClosed') {
      this.closed = true;
      await this.#checkSignature(body.value, body.value.reason, envelope, offset);
    } else this.#found.add('event_malformed', sequence, offset, 'The body of this event cannot be read.');
  }

  async #checkOpening(opened: SessionOpened, envelope: EventEnvelope, offset: number): Promise<void> {
    const { certificate } = opened;
    if (certificate === undefined) {
      this.#found.add('certificate_invalid', envelope.sequence, offset, 'The session has no certificate.');
      return;
    }
    const body = await verifySessionCertificate(certificate, this.#trusted, this.#crypto);
    if (body === 'not_trusted') {
      const message = "The session's certificate was signed by a key that is not trusted.";
      this.#found.add('certificate_not_trusted', envelope.sequence, offset, message);
    } else if (body === 'invalid') {
      const message = "The signature of the session's certificate does not fit it.";
      this.#found.add('certificate_invalid', envelope.sequence, offset, message);
    } else if (
      body.sessionId !== envelope.sessionId ||
      body.principalId !== (opened.principal?.id ?? '') ||
      body.targetName !== (opened.target?.name ?? '') ||
      body.proxyId !== opened.proxyId
    ) {
      const message =
        "The session's certificate names another session, principal, target or proxy than its opening.";
      this.#found.add('certificate_of_other_session', envelope.sequence, offset, message);
    } else {
      this.#sessionKey = body.sessionPublicKey;
      const { sessionId, principalId, targetName, proxyId } = body;
      this.session = { sessionId, principalId, targetName, proxyId, openedUnixUs: Number(body.openedUnixUs) };
    }
  }

  /** Without a certificate there is no key to check with; that problem was reported. */
  async #checkSignature(
    { signature }: Checkpoint | SessionClosed,
    closeReason: string | undefined,
    envelope: EventEnvelope,
    offset: number,
  ): Promise<void> {
    if (this.#sessionKey === undefined) return;
    const { previousHash = new Uint8Array(), sequence, timeUnixUs } = envelope;
    const message =
      closeReason === undefined
        ? checkpointMessage(previousHash, sequence, timeUnixUs)
        : closeMessage(previousHash, sequence, timeUnixUs, closeReason);
    if (!(await this.#crypto.verifyEd25519(this.#sessionKey, message, signature))) {
      const what = "The proxy's signature does not fit the events before it.";
      this.#found.add('signature_invalid', sequence, offset, what);
    } else if (!this.#found.any) this.#signedThrough = sequence;
  }
}

function decodeBody(bytes: Uint8Array) {
  try {
    return fromBinary(EventSchema, bytes).body;
  } catch {
    return undefined;
  }
}
