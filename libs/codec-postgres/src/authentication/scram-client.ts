/**
 * The client's side of SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802, RFC
 * 7677; protocol document, 55.3).
 *
 *     first() --> challenge(server-first) --> verify(server-final)
 *
 * Each step is taken once and in order. Only a verified server signature ends
 * it well: until then the server has not shown that it knows the password.
 */
import { Buffer } from 'node:buffer';
import { AccessError } from '@sallyport/errors';
import type { AuthenticationCrypto } from './authentication-crypto.ts';
import { saslPrep } from './saslprep.ts';

/** What binds the exchange to the TLS connection that it runs in. */
export type ChannelBinding =
  /** The hash of the server's certificate; the mechanism is -PLUS. */
  | { readonly kind: 'tls-server-end-point'; readonly data: Buffer }
  /** This side could bind, the server did not offer to: the server finds out if somebody removed its offer. */
  | { readonly kind: 'not-offered' }
  | { readonly kind: 'impossible' };

export interface ScramOptions {
  readonly password: string;
  readonly channelBinding: ChannelBinding;
  /** Fewer make a stolen exchange cheap to crack (RFC 7677: 4096). */
  readonly minIterations: number;
  /** More let a server burn this machine's processor. */
  readonly maxIterations: number;
  readonly crypto: AuthenticationCrypto;
}

type ScramState =
  | { readonly step: 'new' }
  | { readonly step: 'first-sent'; readonly nonce: string }
  | { readonly step: 'final-sent'; readonly serverSignature: Buffer }
  | { readonly step: 'verified' }
  | { readonly step: 'failed' };

const NONCE_BYTES = 18;
/** No salt, nonce or signature is anywhere near; keeps a server from making us hash megabytes. */
const MAX_MESSAGE_BYTES = 4096;

export class ScramClient {
  readonly #options: ScramOptions;
  readonly #gs2Header: string;
  #state: ScramState = { step: 'new' };
  #clientFirstBare = '';

  constructor(options: ScramOptions) {
    this.#options = options;
    this.#gs2Header = gs2HeaderOf(options.channelBinding);
  }

  get verified(): boolean {
    return this.#state.step === 'verified';
  }

  /** client-first-message. The user name is empty: PostgreSQL takes it from the startup message. */
  first(): Buffer {
    if (this.#state.step !== 'new') throw this.#fail('out of order');
    const nonce = this.#options.crypto.randomBytes(NONCE_BYTES).toString('base64');
    this.#clientFirstBare = `n=,r=${nonce}`;
    this.#state = { step: 'first-sent', nonce };
    return Buffer.from(this.#gs2Header + this.#clientFirstBare, 'utf8');
  }

  /** server-first-message -> client-final-message. @throws AccessError target_refused_credential */
  async challenge(data: Buffer): Promise<Buffer> {
    const state = this.#state;
    if (state.step !== 'first-sent') throw this.#fail('out of order');
    this.#state = { step: 'failed' };
    const message = this.#text(data);
    const { nonce, salt, iterations } = this.#parseServerFirst(message, state.nonce);
    const { crypto, password } = this.#options;
    const salted = await crypto.pbkdf2Sha256(saslPrep(password), salt, iterations);
    const clientKey = crypto.hmacSha256(salted, Buffer.from('Client Key'));
    const withoutProof = `c=${this.#bindingText()},r=${nonce}`;
    const authMessage = Buffer.from(`${this.#clientFirstBare},${message},${withoutProof}`, 'utf8');
    const clientSignature = crypto.hmacSha256(crypto.digest('sha256', clientKey), authMessage);
    const proof = Buffer.from(clientKey.map((byte, index) => byte ^ (clientSignature[index] ?? 0)));
    const serverKey = crypto.hmacSha256(salted, Buffer.from('Server Key'));
    this.#state = { step: 'final-sent', serverSignature: crypto.hmacSha256(serverKey, authMessage) };
    return Buffer.from(`${withoutProof},p=${proof.toString('base64')}`, 'utf8');
  }

  /** server-final-message. @throws AccessError target_refused_credential unless the server proves itself */
  verify(data: Buffer): void {
    const state = this.#state;
    if (state.step !== 'final-sent') throw this.#fail('out of order');
    this.#state = { step: 'failed' };
    const message = this.#text(data);
    if (message.startsWith('e=')) throw this.#fail('refused by the server');
    const match = /^v=([^,]+)(?:,.*)?$/s.exec(message);
    const signature = strictBase64(match?.[1]);
    if (signature === null || !this.#options.crypto.equal(signature, state.serverSignature)) {
      throw this.#fail('the server does not know the password');
    }
    this.#state = { step: 'verified' };
  }

  #parseServerFirst(message: string, clientNonce: string): ServerFirst {
    // An "m=" before the nonce is a mandatory extension, which nobody knows: it does not match.
    const match = /^r=([\x21-\x2B\x2D-\x7E]+),s=([^,]+),i=([1-9][0-9]{0,9})(?:,.*)?$/s.exec(message);
    const nonce = match?.[1];
    const salt = strictBase64(match?.[2]);
    if (nonce === undefined || salt === null || salt.length === 0) throw this.#fail('malformed');
    if (!nonce.startsWith(clientNonce) || nonce.length === clientNonce.length) {
      throw this.#fail('the server did not extend the nonce');
    }
    const iterations = Number(match?.[3]);
    if (iterations < this.#options.minIterations) throw this.#fail('too few iterations');
    if (iterations > this.#options.maxIterations) throw this.#fail('too many iterations');
    return { nonce, salt, iterations };
  }

  /** The "c" attribute: the header that was sent first, and the data it is bound to. */
  #bindingText(): string {
    const { channelBinding } = this.#options;
    const data = channelBinding.kind === 'tls-server-end-point' ? channelBinding.data : Buffer.alloc(0);
    return Buffer.concat([Buffer.from(this.#gs2Header, 'utf8'), data]).toString('base64');
  }

  #text(data: Buffer): string {
    if (data.length > MAX_MESSAGE_BYTES) throw this.#fail('oversized');
    return data.toString('utf8');
  }

  #fail(why: string): AccessError {
    this.#state = { step: 'failed' };
    return new AccessError(
      'target_refused_credential',
      `SCRAM authentication with the target failed: ${why}.`,
    );
  }
}

interface ServerFirst {
  readonly nonce: string;
  readonly salt: Buffer;
  readonly iterations: number;
}

function gs2HeaderOf(binding: ChannelBinding): string {
  switch (binding.kind) {
    case 'tls-server-end-point':
      return 'p=tls-server-end-point,,';
    case 'not-offered':
      return 'y,,';
    case 'impossible':
      return 'n,,';
  }
}

/** Bytes of base64 in its one canonical form; null for anything else. */
function strictBase64(text: string | undefined): Buffer | null {
  if (text === undefined) return null;
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}
