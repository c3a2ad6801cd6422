/** Values longer than this are masked each time: rare, and each would hold on to its memory. */
const LONGEST_CACHED_TEXT = 256;
const GENERATION_ENTRIES = 4096;

/**
 * Remembers what keyed strategies made of recent values, in two generations:
 * when the young one is full it becomes the old one and the old one goes. A
 * column of a result repeats its values, and an HMAC for each would cost
 * three quarters of the throughput. Holds clear values, in memory only, no longer than its key object lives.
 */
export class MaskCache {
  #young = new Map<string, string | null>();
  #old = new Map<string, string | null>();

  /** What `compute` gives for `text`, or gave before. */
  get(text: string, compute: () => string | null): string | null {
    if (text.length > LONGEST_CACHED_TEXT) return compute();
    const young = this.#young.get(text);
    if (young !== undefined) return young;
    const old = this.#old.get(text);
    const value = old === undefined ? compute() : old;
    if (this.#young.size >= GENERATION_ENTRIES) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(text, value);
    return value;
  }
}

const caches = new WeakMap<Uint8Array, Map<string, MaskCache>>();

/** The cache of one key and one purpose (a strategy on a kind). */
export function maskCache(key: Uint8Array, purpose: string): MaskCache {
  let purposes = caches.get(key);
  if (purposes === undefined) {
    purposes = new Map();
    caches.set(key, purposes);
  }
  let cache = purposes.get(purpose);
  if (cache === undefined) {
    cache = new MaskCache();
    purposes.set(purpose, cache);
  }
  return cache;
}
