import { SealSchema, SealState, type SealBody } from '@sallyport/contracts/event';
import { decodeCanonical, type TrustedKeys } from './certificates.ts';
import { equalBytes } from './equal-bytes.ts';
import type { ProblemList } from './problem-list.ts';
import { readSeal, type SealFault } from './read-seal.ts';
import type { VerifyCrypto } from './verify-crypto.ts';
import type { EventVerifier } from './verify-events.ts';
import type { VerifiedSeal, VerifyProblemCode } from './verify-report.ts';

const FAULTS: Readonly<Record<SealFault, readonly [VerifyProblemCode, string]>> = {
  not_a_seal: ['seal_invalid', 'These bytes are not a seal.'],
  not_trusted: ['seal_not_trusted', 'The recorder that sealed this was not certified by a trusted key.'],
  invalid: ['seal_invalid', "The recorder's signature does not fit the seal."],
};

/** Checks a seal: that a certified recorder made it, and made it for exactly these events. */
export async function verifySeal(
  bytes: Uint8Array,
  offset: number,
  events: EventVerifier,
  found: ProblemList,
  trusted: TrustedKeys,
  crypto: VerifyCrypto,
): Promise<VerifiedSeal | undefined> {
  const seal = decodeCanonical(SealSchema, bytes);
  const read = seal === undefined ? 'not_a_seal' : await readSeal(seal, trusted, crypto);
  if (typeof read === 'string') {
    const [code, message] = FAULTS[read];
    found.add(code, undefined, offset, message);
    return undefined;
  }
  const { recorder, body } = read;
  if (!fits(body, events)) {
    const message = `The seal is of session ${body.sessionId} up to event ${body.lastSequence}, and the events here are not those.`;
    found.add('seal_of_other_recording', Number(body.lastSequence), offset, message);
  }
  const state = stateOf(body, events, offset, found);
  if (state === undefined) return undefined;
  return {
    state,
    sessionId: body.sessionId,
    recorderId: recorder.recorderId,
    lastSequence: Number(body.lastSequence),
    sealedUnixUs: Number(body.sealedUnixUs),
  };
}

function fits(body: SealBody, events: EventVerifier): boolean {
  return (
    // A recording of which nothing arrived has no event to name its session.
    (events.sessionId ?? body.sessionId) === body.sessionId &&
    body.lastSequence === BigInt(events.lastSequence) &&
    events.lastHash !== undefined &&
    equalBytes(body.lastHash, events.lastHash)
  );
}

function stateOf(
  body: SealBody,
  events: EventVerifier,
  offset: number,
  found: ProblemList,
): 'whole' | 'broken' | undefined {
  if (body.state === SealState.WHOLE) {
    if (!events.closed) {
      found.add(
        'seal_state_wrong',
        undefined,
        offset,
        'Sealed as whole, but the close of the session is not there.',
      );
    }
    return 'whole';
  }
  if (body.state === SealState.BROKEN) {
    if (events.closed) {
      found.add(
        'seal_state_wrong',
        undefined,
        offset,
        'Sealed as broken, though the close of the session is there.',
      );
    }
    return 'broken';
  }
  found.add('seal_invalid', undefined, offset, 'The seal does not say what it is.');
  return undefined;
}
