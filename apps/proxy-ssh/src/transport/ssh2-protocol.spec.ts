import { describe, expect, it } from '@jest/globals';
import { installedVersion, SSH2_VERSION } from './ssh2-protocol.ts';

describe('ssh2', () => {
  it('is the version whose internals the patches fit', () => {
    expect(installedVersion()).toBe(SSH2_VERSION);
  });
});
