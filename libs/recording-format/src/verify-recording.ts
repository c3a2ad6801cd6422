import type { ByteSource } from './byte-source.ts';
import type { TrustedKeys } from './certificates.ts';
import { ProblemList } from './problem-list.ts';
import { readFrames, type FileItem } from './read-frames.ts';
import { webCrypto, type VerifyCrypto } from './verify-crypto.ts';
import { EventVerifier } from './verify-events.ts';
import type { VerifiedSeal, VerifyReport } from './verify-report.ts';
import { verifySeal } from './verify-seal.ts';

export interface VerifyOptions {
  /** The recording must be of this session: catches one recording put in the place of another. */
  readonly sessionId?: string;
  /** Default: WebCrypto. */
  readonly crypto?: VerifyCrypto;
}

/**
 * Verifies a recording, offline, in constant memory. Never throws for what is
 * in the file. What it proves and what it cannot: docs/reference/recording.md.
 *
 * @param trustedRecordingKey raw Ed25519 public key of the control plane's recording key, or several.
 */
export async function verifyRecording(
  source: ByteSource,
  trustedRecordingKey: TrustedKeys,
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  const found = new ProblemList();
  const crypto = options.crypto ?? webCrypto;
  const events = new EventVerifier(found, trustedRecordingKey, crypto);
  let seal: VerifiedSeal | undefined;
  let sealSeen = false;
  let end = 0;
  for await (const item of readFrames(source, crypto.crc32)) {
    end = item.offset;
    if (sealSeen) {
      found.add('data_after_seal', undefined, item.offset, 'There are bytes after the seal.');
      break;
    }
    if (item.type === 'frame' && item.kind === 'seal') {
      sealSeen = true;
      seal = await verifySeal(item.payload, item.offset, events, found, trustedRecordingKey, crypto);
    } else if (item.type === 'frame') await events.check(item.payload, item.offset);
    else reportDamage(item, events, found);
  }
  if (!sealSeen) {
    const message = 'There is no seal: the session is still open, or the end of the recording was cut off.';
    found.add('seal_missing', undefined, end, message);
  }
  const sessionId = events.sessionId ?? seal?.sessionId;
  if (options.sessionId !== undefined && sessionId !== undefined && sessionId !== options.sessionId) {
    const message = `This is the recording of session ${sessionId}, not of ${options.sessionId}.`;
    found.add('event_of_other_session', undefined, 0, message);
  }
  return report(found, events, seal);
}

function reportDamage(item: FileItem, events: EventVerifier, found: ProblemList): void {
  const next = events.lastSequence + 1;
  switch (item.type) {
    case 'damaged-header':
      found.add('header_damaged', undefined, item.offset, 'The file does not begin as a recording does.');
      return;
    case 'damaged-frame':
      found.add(
        'frame_damaged',
        next,
        item.offset,
        `The bytes of event ${next} or of the seal were altered.`,
      );
      if (item.kind === 'event') events.skip();
      return;
    case 'unreadable':
      found.add('file_unreadable', next, item.offset, 'What follows here cannot be read.');
      return;
    case 'cut-off':
      found.add('file_cut_off', next, item.offset, 'The file ends in the middle of what begins here.');
      return;
    case 'frame':
      return;
  }
}

function report(found: ProblemList, events: EventVerifier, seal: VerifiedSeal | undefined): VerifyReport {
  if (seal?.state === 'broken') noteBroken(found, events);
  return {
    verdict: found.any || seal === undefined ? 'invalid' : seal.state,
    session: events.session,
    seal,
    events: events.events,
    firstTimeUnixUs: events.firstTimeUnixUs,
    lastTimeUnixUs: events.lastTimeUnixUs,
    signedThrough: events.signedThrough,
    problems: found.problems,
    problemsLeftOut: found.leftOut,
    notes: found.notes,
  };
}

function noteBroken(found: ProblemList, events: EventVerifier): void {
  if (events.events === 0) {
    found.note('nothing_recorded', undefined, 'Nothing of this session arrived before its proxy was lost.');
  } else if (events.signedThrough < events.lastSequence) {
    const message = `The proxy signed up to event ${events.signedThrough}; what follows rests on the recorder's seal.`;
    found.note('unsigned_tail', events.signedThrough + 1, message);
  }
}
