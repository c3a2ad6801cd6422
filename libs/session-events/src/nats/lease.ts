import {
  DiscardPolicy,
  jetstream,
  JetStreamApiError,
  JetStreamApiCodes,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type JetStreamClient,
  type JetStreamManager,
} from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { findStream } from './event-stream.ts';

const LEASE_STREAM = 'SALLYPORT_LEASES';
const SUBJECTS = 'sallyport.lease.';

export interface LeaseOptions {
  /** What is leased: "recorder". */
  readonly name: string;
  /** Who asks: the same after a restart, so that a holder that crashed has it back at once. */
  readonly holder: string;
  /** After a holder has not renewed for so long, another may take over; default 10 000. */
  readonly ttlMs?: number;
  /** Copies of the lease's stream; default 1. */
  readonly replicas?: number;
  /** Milliseconds that never go back; default performance.now. */
  readonly monotonicClock?: () => number;
}

interface LeaseState {
  readonly sequence: number;
  /** Empty: nobody's. */
  readonly holder: string;
}

/**
 * Lets one of several processes do what only one may do at a time.
 *
 * The lease is the newest message on a subject; taking and renewing it is a
 * publish that JetStream accepts only if that is still the message that was
 * seen. No clocks are compared: a process takes over when it has seen the same
 * message for `ttlMs` by its own clock, and a holder stops holding after two
 * thirds of that without a renewal, before anyone can have taken over.
 */
export class Lease {
  readonly #manager: JetStreamManager;
  readonly #client: JetStreamClient;
  readonly #subject: string;
  readonly #holder: string;
  readonly #ttlMs: number;
  readonly #now: () => number;
  #held: { readonly sequence: number; readonly renewedAtMs: number } | undefined;
  #seen: { readonly sequence: number; readonly atMs: number } | undefined;
  /** Whether it was ever held by this object: then one that names the same holder is somebody else's. */
  #everHeld = false;

  private constructor(manager: JetStreamManager, client: JetStreamClient, options: LeaseOptions) {
    this.#manager = manager;
    this.#client = client;
    this.#subject = SUBJECTS + options.name;
    this.#holder = options.holder;
    this.#ttlMs = options.ttlMs ?? 10_000;
    this.#now = options.monotonicClock ?? (() => performance.now());
  }

  /** Looks at the lease over this connection; takes nothing yet. */
  static async open(connection: NatsConnection, options: LeaseOptions): Promise<Lease> {
    const manager = await jetstreamManager(connection);
    if ((await findStream(manager, LEASE_STREAM)) === undefined) {
      await manager.streams.add({
        name: LEASE_STREAM,
        subjects: [`${SUBJECTS}*`],
        retention: RetentionPolicy.Limits,
        discard: DiscardPolicy.Old,
        storage: StorageType.File,
        max_msgs_per_subject: 1,
        num_replicas: options.replicas ?? 1,
      });
    }
    return new Lease(manager, jetstream(connection), options);
  }

  /** Whether it is this process's now. Ask before each act that only the holder may do. */
  isHeld(): boolean {
    return this.#held !== undefined && this.#now() - this.#held.renewedAtMs < (this.#ttlMs * 2) / 3;
  }

  /** How often to call `tryHold`, milliseconds. */
  get intervalMs(): number {
    return this.#ttlMs / 4;
  }

  /**
   * Takes the lease if it is free, or renews it.
   * @returns whether it is held.
   * @throws an error of NATS; what was held stays so until it runs out.
   */
  async tryHold(): Promise<boolean> {
    const startedAtMs = this.#now();
    if (this.#held !== undefined) return this.#renew(this.#held.sequence, startedAtMs);
    const state = await this.#look();
    if (state !== undefined && !this.#mayTake(state)) return false;
    return this.#publish(this.#holder, state?.sequence ?? 0, startedAtMs);
  }

  /** Gives it up, so that another can take it at once. */
  async release(): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) await this.#publish('', held.sequence, this.#now());
    this.#held = undefined;
  }

  async #renew(sequence: number, startedAtMs: number): Promise<boolean> {
    if (await this.#publish(this.#holder, sequence, startedAtMs)) return true;
    this.#seen = undefined;
    return false;
  }

  #mayTake(state: LeaseState): boolean {
    if (state.holder === '' || (state.holder === this.#holder && !this.#everHeld)) return true;
    if (this.#seen?.sequence !== state.sequence) this.#seen = { sequence: state.sequence, atMs: this.#now() };
    return this.#now() - this.#seen.atMs >= this.#ttlMs;
  }

  async #publish(holder: string, after: number, startedAtMs: number): Promise<boolean> {
    try {
      const ack = await this.#client.publish(this.#subject, holder, {
        expect: { lastSubjectSequence: after },
        timeout: this.#ttlMs / 3,
      });
      this.#held = { sequence: ack.seq, renewedAtMs: startedAtMs };
      this.#everHeld = true;
      return true;
    } catch (error) {
      if (!isTakenOver(error)) throw error;
      this.#held = undefined;
      return false;
    }
  }

  async #look(): Promise<LeaseState | undefined> {
    const message = await this.#manager.streams.getMessage(LEASE_STREAM, { last_by_subj: this.#subject });
    return message === null ? undefined : { sequence: message.seq, holder: message.string() };
  }
}

function isTakenOver(error: unknown): boolean {
  if (!(error instanceof JetStreamApiError)) return false;
  return (
    error.code === JetStreamApiCodes.StreamWrongLastSequence ||
    error.code === JetStreamApiCodes.StreamWrongLastSequenceUnknown
  );
}
