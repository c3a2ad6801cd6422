import { CodecError } from './codec-error.ts';

/** A value, or why there is none. */
export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: CodecError };

/** Runs a decoder and gives what it throws as a value; for files and manifests, where nothing ends. */
export function outcomeOf<T>(decode: () => T): Outcome<T> {
  try {
    return { ok: true, value: decode() };
  } catch (error) {
    if (error instanceof CodecError) return { ok: false, error };
    throw error;
  }
}
