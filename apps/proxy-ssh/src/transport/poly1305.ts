import { createRequire } from 'node:module';

/** What ssh2 brings as WebAssembly, as far as it is used. */
interface Poly1305Module {
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _poly1305_auth(
    out: number,
    first: number,
    firstBytes: number,
    second: number,
    secondBytes: number,
    key: number,
  ): void;
}

const TAG_BYTES = 16;
const KEY_BYTES = 32;
const HEAD_BYTES = 16;
const MAX_BYTES = 256 * 1024;

interface Place {
  readonly module: Poly1305Module;
  readonly tag: number;
  readonly key: number;
  readonly head: number;
  readonly body: number;
}

let place: Place | null = null;

/** Resolves once `poly1305` can be used. */
export async function preparePoly1305(): Promise<void> {
  const load = createRequire(import.meta.url)(
    'ssh2/lib/protocol/crypto/poly1305.js',
  ) as () => Promise<Poly1305Module>;
  const module = await load();
  const [tag, key, head, body] = [TAG_BYTES, KEY_BYTES, HEAD_BYTES, MAX_BYTES].map((bytes) =>
    module._malloc(bytes),
  );
  if (tag === undefined || key === undefined || head === undefined || body === undefined)
    throw new Error('no memory for poly1305');
  place = { module, tag, key, head, body };
}

/** The tag of two parts in a row under a key that is used once. */
export function poly1305(oneTimeKey: Uint8Array, head: Uint8Array, body: Uint8Array): Buffer {
  if (place === null) throw new Error('poly1305 was used before it was prepared');
  if (head.length > HEAD_BYTES || body.length > MAX_BYTES) throw new Error('too much for one tag');
  const { module } = place;
  const heap = module.HEAPU8;
  heap.set(oneTimeKey, place.key);
  heap.set(head, place.head);
  heap.set(body, place.body);
  module._poly1305_auth(place.tag, place.head, head.length, place.body, body.length, place.key);
  return Buffer.from(heap.subarray(place.tag, place.tag + TAG_BYTES));
}
