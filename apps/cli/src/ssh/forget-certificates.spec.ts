import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { temporaryDirectory } from '@sallyport/testing';
import { forgetStaleCertificates } from './forget-certificates.ts';
import type { SshFiles } from './ssh-files.ts';

const NOW = new Date('2026-11-23T12:00:00Z');

describe('what tokens that are gone have left', () => {
  it('is deleted a day after its certificate ended, and nothing else is', async () => {
    using directory = temporaryDirectory('ssh-files');
    const make = (name: string, content: string, more: readonly string[] = []) => {
      mkdirSync(directory.join(name));
      for (const file of more) writeFileSync(directory.join(name, file), '');
      writeFileSync(directory.join(name, 'state.json'), content);
    };
    const state = (expiresAt: string) => JSON.stringify({ version: 1, expiresAt });
    make('own', state('2020-01-01T00:00:00Z'));
    make('stale', state('2026-11-22T11:00:00Z'), ['id_ed25519']);
    make('fresh', state('2026-11-22T13:00:00Z'));
    make('included', state('2020-01-01T00:00:00Z'), ['hosts']);
    make('foreign', 'hello');
    make('odd', state('never'));
    writeFileSync(directory.join('file'), '');
    const own: Partial<SshFiles> = { directory: directory.join('own') };
    await forgetStaleCertificates(own as SshFiles, NOW);
    const left = ['own', 'stale', 'fresh', 'included', 'foreign', 'odd', 'file'].filter((name) =>
      existsSync(directory.join(name)),
    );
    expect(left).toEqual(['own', 'fresh', 'included', 'foreign', 'odd', 'file']);
  });
});
