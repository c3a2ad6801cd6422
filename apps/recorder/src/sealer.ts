import { SealState, type RecorderCertificate } from '@sallyport/contracts/event';
import {
  generateSigningKey,
  sealRecording,
  wallClock,
  type RecordingWriter,
  type UnixClock,
} from '@sallyport/recording-format';

/** Seals recordings with a key of this process, once the control plane has certified it. */
export class Sealer {
  readonly #key = generateSigningKey();
  readonly #clock: UnixClock;
  #certificate: RecorderCertificate | undefined;

  constructor(clock: UnixClock = wallClock) {
    this.#clock = clock;
  }

  /** What the control plane is to certify. */
  get publicKey(): Uint8Array {
    return this.#key.publicKey;
  }

  /** Whether it can seal. */
  get certified(): boolean {
    return this.#certificate !== undefined;
  }

  certify(certificate: RecorderCertificate): void {
    this.#certificate = certificate;
  }

  /**
   * Seals a recording as it is: whole if its session was closed, else broken.
   * The events must be durable; the seal is when this resolves.
   * @returns false while there is no certificate.
   */
  async seal(recording: RecordingWriter): Promise<boolean> {
    if (this.#certificate === undefined) return false;
    const { sessionId, lastSequence, lastHash, closed } = recording.tail;
    const facts = {
      sessionId,
      state: closed ? SealState.WHOLE : SealState.BROKEN,
      lastSequence: BigInt(lastSequence),
      lastHash: Uint8Array.from(lastHash),
      sealedUnixUs: BigInt(this.#clock()),
    };
    await recording.appendSeal(sealRecording(this.#key, this.#certificate, facts));
    return true;
  }
}
