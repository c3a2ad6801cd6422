import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const SCRIPT = fileURLToPath(new URL('../scripts/database.ts', import.meta.url));

describe('the database schema', () => {
  it('is what the migrations make, and what the committed client was generated from', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, 'check'], {
      env: { PATH: process.env['PATH'] },
    });
    expect(stdout).toContain('agree');
  });
});
