/**
 * Ports and sockets that the target listens on for the caller (RFC 4254, 7.1;
 * OpenSSH PROTOCOL 2.4): each decided on, and connections taken for those only.
 */
import { decodeForwardedPort, type ChannelOpenKind, type GlobalRequestKind } from '@sallyport/codec-ssh';
import { Outcome } from '@sallyport/contracts/access';
import { StatementOutcome } from '@sallyport/contracts/event';
import { toAccessError } from '@sallyport/errors';
import type { UpstreamConnection } from '../connection/upstream-connection.ts';
import { classifyRemoteForward, hostName } from '../stages/classify/classify-request.ts';
import type { SessionCore } from './session-core.ts';
import { StandingPermit } from './standing-permit.ts';

type HostRequest = Extract<GlobalRequestKind, { readonly address: string }>;
type PathRequest = Extract<GlobalRequestKind, { readonly socketPath: Buffer }>;
export type RemoteForwardRequest = HostRequest | PathRequest;

/** Tells the caller how its request came out; null: it failed, else what the answer carries. */
export type AnswerRequest = (data: Uint8Array | null) => void;

const NOTHING = new Uint8Array();

export class RemoteForwards {
  readonly #core: SessionCore;
  readonly #standing = new Map<string, StandingPermit>();

  constructor(core: SessionCore) {
    this.#core = core;
  }

  get size(): number {
    return this.#standing.size;
  }

  /** Answers once, before anything that the target sends after its own answer. */
  async handle(request: RemoteForwardRequest, answer: AnswerRequest): Promise<void> {
    switch (request.kind) {
      case 'tcpip-forward':
      case 'streamlocal-forward@openssh.com':
        await this.#listen(request, answer);
        return;
      default:
        await this.#cancel(request, answer);
    }
  }

  /** What permits a channel that the target opens, as policy is now; null: nothing does. */
  async permitFor(open: ChannelOpenKind): Promise<StandingPermit | null> {
    const key = keyOfOpen(open);
    const permit = key === null ? undefined : this.#standing.get(key);
    if (permit === undefined) return null;
    // A listener outlives the policy that allowed it; what comes of it does not.
    const now = await this.#core.gate.foresee(permit.ask);
    return now === Outcome.DENY || permit.isEnded ? null : permit;
  }

  /** The session is over. */
  end(): void {
    const all = [...this.#standing.values()];
    this.#standing.clear();
    for (const permit of all) permit.end();
  }

  async #listen(request: RemoteForwardRequest, answer: AnswerRequest): Promise<void> {
    const { gate, life, target, config } = this.#core;
    const ask = classifyRemoteForward(objectOf(request));
    const admission = await gate.admit(ask, life.signal, () => undefined);
    if (admission.kind === 'refused') {
      answer(null);
      return;
    }
    const { permit, run } = admission;
    try {
      const upstream = await this.#core.upstream;
      if (this.#standing.size >= config.limits.maxChannels || this.#standing.has(keyOf(request))) {
        run.finish(StatementOutcome.FAILED, 'limit or listened on already');
        answer(null);
        return;
      }
      await new Promise<void>((resolve) => {
        const forwarded = upstream.requestForward(permit, request, (success, data) => {
          const key = success ? boundKey(request, data) : null;
          if (key === null || this.#standing.has(key) || life.signal.aborted) {
            run.finish(StatementOutcome.FAILED, 'refused by the target');
            answer(null);
          } else {
            this.#standing.set(key, new StandingPermit(ask, run, forwarded, target.recorder));
            answer(wantsPort(request) ? data : NOTHING);
          }
          resolve();
        });
      });
    } catch (thrown) {
      run.finish(StatementOutcome.FAILED, toAccessError(thrown).code);
      answer(null);
    }
  }

  /** The target no longer listens; connections that are open go on. */
  async #cancel(request: RemoteForwardRequest, answer: AnswerRequest): Promise<void> {
    const key = keyOf(request);
    const permit = this.#standing.get(key);
    if (permit === undefined) {
      answer(null);
      return;
    }
    const upstream = await this.#core.upstream;
    const success = await this.#tellCancel(upstream, request, permit);
    if (success) {
      this.#standing.delete(key);
      permit.end();
    }
    answer(success ? NOTHING : null);
  }

  #tellCancel(
    upstream: UpstreamConnection,
    request: RemoteForwardRequest,
    permit: StandingPermit,
  ): Promise<boolean> {
    const { recorder } = this.#core.target;
    const text = Buffer.from(objectOf(request).name);
    return new Promise((resolve) => {
      const payload = upstream.encodeGlobal(request);
      recorder.input(permit.forwarded, 'ssh.forward.cancel', [text], [payload], (recorded) => {
        upstream.tellGlobal(recorded, resolve);
      });
    });
  }
}

function objectOf(request: RemoteForwardRequest) {
  return 'socketPath' in request
    ? { kind: 'path', name: request.socketPath.toString('latin1') }
    : { kind: 'host', name: hostName(request.address || '*', request.port) };
}

function wantsPort(request: RemoteForwardRequest): boolean {
  return !('socketPath' in request) && request.port === 0;
}

/** What the target listens on; null: it did not say which port it took. */
function boundKey(request: RemoteForwardRequest, data: Buffer): string | null {
  if ('socketPath' in request || request.port !== 0) return keyOf(request);
  if (data.length !== 4) return null;
  const port = decodeForwardedPort(data);
  return port === null || port === 0 ? null : hostKey(request.address, port);
}

function keyOf(request: RemoteForwardRequest): string {
  return 'socketPath' in request ? pathKey(request.socketPath) : hostKey(request.address, request.port);
}

function keyOfOpen(open: ChannelOpenKind): string | null {
  switch (open.kind) {
    case 'forwarded-tcpip':
      return hostKey(open.host, open.port);
    case 'forwarded-streamlocal@openssh.com':
      return pathKey(open.socketPath);
    default:
      return null;
  }
}

function hostKey(address: string, port: number): string {
  return `host ${address} ${port}`;
}

function pathKey(path: Buffer): string {
  return `path ${path.toString('latin1')}`;
}
