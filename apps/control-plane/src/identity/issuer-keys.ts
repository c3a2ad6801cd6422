import { createLocalJWKSet } from 'jose';
import * as z from 'zod';
import { fetchJson } from './fetch-json.ts';
import { isAllowedFetchUrl } from './issuer-url.ts';

export type KeySet = ReturnType<typeof createLocalJWKSet>;
export type JsonFetcher = (url: string) => Promise<unknown>;

/** What the keys of one issuer were when they were fetched. */
interface CachedKeys {
  readonly keys: KeySet;
  readonly fetchedAtMs: number;
}

/** Fetched again when older, or when a token names a key that is not there. */
const FRESH_MS = 10 * 60_000;
/** Used while the provider cannot be reached, no longer: a key withdrawn meanwhile must not live on. */
const USABLE_MS = 60 * 60_000;
/** Not fetched more often, so that tokens with made-up keys cannot have the provider flooded. */
const COOLDOWN_MS = 10_000;

const discoveryDocument = z.object({ issuer: z.string(), jwks_uri: z.string().refine(isAllowedFetchUrl) });
const keySetDocument = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(100) });

/** The signing keys of issuers, from their discovery documents (OpenID Connect Discovery 1.0), cached. */
export class IssuerKeys {
  readonly #fetch: JsonFetcher;
  readonly #nowMs: () => number;
  readonly #cache = new Map<string, CachedKeys>();
  readonly #pending = new Map<string, Promise<CachedKeys>>();
  readonly #attempts = new Map<string, number>();

  constructor(nowMs: () => number = Date.now, fetch: JsonFetcher = fetchJson) {
    this.#fetch = fetch;
    this.#nowMs = nowMs;
  }

  /** Keys to verify with. Rejects if there are none that are recent enough. */
  async keysOf(issuerUrl: string): Promise<KeySet> {
    const cached = this.#cache.get(issuerUrl);
    if (cached !== undefined && this.#ageOf(cached) < FRESH_MS) return cached.keys;
    try {
      return (await this.#refresh(issuerUrl)).keys;
    } catch (error) {
      if (cached !== undefined && this.#ageOf(cached) < USABLE_MS) return cached.keys;
      throw error;
    }
  }

  /** Keys fetched again because a token names one that is not there; undefined if it was too soon for that. */
  async rotatedKeysOf(issuerUrl: string): Promise<KeySet | undefined> {
    const last = this.#attempts.get(issuerUrl) ?? Number.NEGATIVE_INFINITY;
    if (this.#nowMs() - last < COOLDOWN_MS) return undefined;
    return (await this.#refresh(issuerUrl)).keys;
  }

  #ageOf({ fetchedAtMs }: CachedKeys): number {
    return this.#nowMs() - fetchedAtMs;
  }

  #refresh(issuerUrl: string): Promise<CachedKeys> {
    const pending = this.#pending.get(issuerUrl);
    if (pending !== undefined) return pending;
    this.#attempts.set(issuerUrl, this.#nowMs());
    const fetched = this.#load(issuerUrl).finally(() => this.#pending.delete(issuerUrl));
    this.#pending.set(issuerUrl, fetched);
    return fetched;
  }

  async #load(issuerUrl: string): Promise<CachedKeys> {
    const discovered = discoveryDocument.parse(
      await this.#fetch(`${issuerUrl.replace(/\/$/, '')}/.well-known/openid-configuration`),
    );
    if (discovered.issuer !== issuerUrl) throw new Error('the discovery document names another issuer');
    const document = keySetDocument.parse(await this.#fetch(discovered.jwks_uri));
    // Symmetric keys in a public document would let anyone sign.
    const keys = document.keys.filter((key) => key.kty !== 'oct');
    const entry = { keys: createLocalJWKSet({ keys }), fetchedAtMs: this.#nowMs() };
    this.#cache.set(issuerUrl, entry);
    return entry;
  }
}
