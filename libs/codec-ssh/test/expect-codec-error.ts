import { expect } from '@jest/globals';
import { CodecError, type CodecErrorReason } from '../src/index.ts';

export function expectCodecError(run: () => unknown, reason?: CodecErrorReason): void {
  let thrown: unknown = null;
  try {
    run();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(CodecError);
  expect(thrown).toMatchObject({ code: 'protocol_violation', ...(reason === undefined ? {} : { reason }) });
}

/** Runs a decoder over bytes that may be anything: it decodes or throws a CodecError. */
export function expectCodecErrorOnly(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
  }
}
