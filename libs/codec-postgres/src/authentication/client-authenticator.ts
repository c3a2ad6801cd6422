/**
 * The client's side of authentication with a server (protocol document, 55.2.1):
 * takes each Authentication message and says what to send. It never sends a
 * password in a way that was not allowed, and takes AuthenticationOk only when
 * the exchange that was begun is complete.
 */
import type { Buffer } from 'node:buffer';
import { AccessError } from '@sallyport/errors';
import type { Authentication } from '../backend/authentication.ts';
import { encodePasswordMessage } from '../frontend/password-message.ts';
import { encodeSASLInitialResponse } from '../frontend/sasl-initial-response.ts';
import { encodeSASLResponse } from '../frontend/sasl-response.ts';
import { protocolViolation } from '../wire/protocol-violation.ts';
import { nodeCrypto, type AuthenticationCrypto } from './authentication-crypto.ts';
import { md5Password } from './md5-password.ts';
import { ScramClient, type ChannelBinding } from './scram-client.ts';

/** Ways to authenticate, from strongest to weakest; `none` is a server that asks for nothing ("trust"). */
export type AuthenticationMethod = 'scram-sha-256-plus' | 'scram-sha-256' | 'md5' | 'cleartext' | 'none';

export interface ClientAuthenticatorOptions {
  readonly user: string;
  readonly password: string;
  /** What may be used. `cleartext` belongs here only within TLS to a verified server. */
  readonly methods: ReadonlySet<AuthenticationMethod>;
  /** From `tlsServerEndPoint`; null without TLS or where the certificate has none. */
  readonly serverEndPoint: Buffer | null;
  readonly minIterations?: number;
  readonly maxIterations?: number;
  readonly crypto?: AuthenticationCrypto;
}

export type AuthenticationStep =
  | { readonly kind: 'send'; readonly bytes: Buffer }
  | { readonly kind: 'wait' }
  | { readonly kind: 'authenticated' };

type Progress =
  | { readonly step: 'begun' }
  | { readonly step: 'password-sent' }
  | { readonly step: 'scram'; readonly scram: ScramClient }
  | { readonly step: 'over' };

const MIN_ITERATIONS = 4096;
const MAX_ITERATIONS = 1_000_000;

export class ClientAuthenticator {
  readonly #options: ClientAuthenticatorOptions;
  #progress: Progress = { step: 'begun' };

  constructor(options: ClientAuthenticatorOptions) {
    this.#options = options;
  }

  /** @throws AccessError target_refused_credential or protocol_violation; the connection must be closed */
  async respond(message: Authentication): Promise<AuthenticationStep> {
    switch (message.type) {
      case 'AuthenticationOk':
        return this.#succeed();
      case 'AuthenticationCleartextPassword':
        this.#begin('cleartext');
        return { kind: 'send', bytes: encodePasswordMessage(this.#options.password) };
      case 'AuthenticationMD5Password':
        this.#begin('md5');
        return { kind: 'send', bytes: encodePasswordMessage(this.#md5(message.salt)) };
      case 'AuthenticationSASL':
        return this.#beginScram(message.mechanisms);
      case 'AuthenticationSASLContinue':
        return { kind: 'send', bytes: encodeSASLResponse(await this.#scram().challenge(message.data)) };
      case 'AuthenticationSASLFinal':
        this.#scram().verify(message.data);
        return { kind: 'wait' };
      case 'AuthenticationUnsupported':
        throw refused('the target asks for a way to authenticate that Sallyport does not speak');
    }
  }

  #succeed(): AuthenticationStep {
    const progress = this.#progress;
    if (progress.step === 'begun') this.#begin('none');
    // A server that says "ok" before it proved itself may be anybody's.
    if (progress.step === 'scram' && !progress.scram.verified) {
      throw refused('the target did not finish SCRAM authentication');
    }
    if (progress.step === 'over') throw protocolViolation('A server authenticated twice.');
    this.#progress = { step: 'over' };
    return { kind: 'authenticated' };
  }

  #begin(method: AuthenticationMethod): void {
    if (this.#progress.step !== 'begun') throw protocolViolation('A server began to authenticate twice.');
    if (!this.#options.methods.has(method))
      throw refused(`the target asks for "${method}", which is not allowed`);
    this.#progress = { step: 'password-sent' };
  }

  #beginScram(offered: readonly string[]): AuthenticationStep {
    const { methods, serverEndPoint } = this.#options;
    const plusOffered = offered.includes('SCRAM-SHA-256-PLUS');
    const plus = plusOffered && serverEndPoint !== null && methods.has('scram-sha-256-plus');
    if (!plus && !offered.includes('SCRAM-SHA-256')) {
      throw refused('the target offers no SASL mechanism that Sallyport speaks');
    }
    this.#begin(plus ? 'scram-sha-256-plus' : 'scram-sha-256');
    const scram = new ScramClient({
      password: this.#options.password,
      channelBinding: this.#channelBinding(plus),
      minIterations: this.#options.minIterations ?? MIN_ITERATIONS,
      maxIterations: this.#options.maxIterations ?? MAX_ITERATIONS,
      crypto: this.#options.crypto ?? nodeCrypto,
    });
    this.#progress = { step: 'scram', scram };
    const mechanism = plus ? 'SCRAM-SHA-256-PLUS' : 'SCRAM-SHA-256';
    return { kind: 'send', bytes: encodeSASLInitialResponse(mechanism, scram.first()) };
  }

  #channelBinding(plus: boolean): ChannelBinding {
    const { serverEndPoint, methods } = this.#options;
    if (serverEndPoint === null || !methods.has('scram-sha-256-plus')) return { kind: 'impossible' };
    return plus ? { kind: 'tls-server-end-point', data: serverEndPoint } : { kind: 'not-offered' };
  }

  #scram(): ScramClient {
    if (this.#progress.step !== 'scram')
      throw protocolViolation('A server continued a SASL exchange that was not begun.');
    return this.#progress.scram;
  }

  #md5(salt: Buffer): string {
    const { user, password, crypto } = this.#options;
    return md5Password(user, password, salt, crypto ?? nodeCrypto);
  }
}

function refused(why: string): AccessError {
  return new AccessError('target_refused_credential', `Authentication with the target failed: ${why}.`);
}
