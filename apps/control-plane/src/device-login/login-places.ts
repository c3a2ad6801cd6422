import { AccessError } from '@sallyport/errors';

/** Logins under way, bounded: each keeps an identity provider and a connection busy for a caller that nobody knows yet. */
export class LoginPlaces {
  readonly #nowMs: () => number;
  readonly #taken = new Map<string, Place[]>();
  #count = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Takes a place for the address until it is given back, and a while longer. @throws AccessError too_many_connections */
  take(address: string): Disposable {
    this.#forget();
    const places = this.#taken.get(address) ?? [];
    if (this.#count >= MAX_PLACES || places.length >= MAX_PLACES_OF_ADDRESS) {
      throw new AccessError('too_many_connections', 'Too many logins are under way.', {
        next: 'Finish one of them, or wait a minute; "sallyport login" takes no such place.',
      });
    }
    const place: Place = { freeFromMs: Number.POSITIVE_INFINITY };
    this.#taken.set(address, [...places, place]);
    this.#count += 1;
    const notBeforeMs = this.#nowMs() + MIN_KEPT_MS;
    return {
      [Symbol.dispose]: () => {
        place.freeFromMs = Math.max(this.#nowMs(), notBeforeMs);
      },
    };
  }

  #forget(): void {
    const nowMs = this.#nowMs();
    for (const [address, places] of this.#taken) {
      const kept = places.filter(({ freeFromMs }) => freeFromMs > nowMs);
      this.#count -= places.length - kept.length;
      if (kept.length === 0) this.#taken.delete(address);
      else this.#taken.set(address, kept);
    }
  }
}

interface Place {
  freeFromMs: number;
}

const MAX_PLACES = 200;
const MAX_PLACES_OF_ADDRESS = 5;
/** A place is kept for so long at least, so that hanging up and coming back does not flood the provider. */
const MIN_KEPT_MS = 30_000;
