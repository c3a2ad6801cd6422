import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { eventually, temporaryDirectory } from '@sallyport/testing';
import { startFakeControlPlane, type Script } from './support/fake-control-plane.ts';

const LAUNCHER = fileURLToPath(new URL('../../../sallyport', import.meta.url));

const targets: Script = {
  access: {
    listTargets: () => ({
      targets: [{ target: { name: 'shop', protocol: 'postgres' }, endpoint: '127.0.0.1:15432' }],
    }),
  },
};

describe('./sallyport', () => {
  it('runs from anywhere, through links too', () => {
    using directory = temporaryDirectory();
    symlinkSync(LAUNCHER, directory.join('sp'));
    const { status, stdout } = spawnSync(directory.join('sp'), ['--version'], {
      cwd: directory.path,
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([0, '0.1.0\n']);
  });

  it('says what to do where nothing is installed', () => {
    using directory = temporaryDirectory();
    copyFileSync(LAUNCHER, directory.join('sallyport'));
    const { status, stderr } = spawnSync(directory.join('sallyport'), ['--version'], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toContain('its dependencies are not installed');
    expect(stderr).toContain('npm install --no-save');
  });

  it('writes no escape sequence into a pipe', () => {
    const { stdout, stderr } = spawnSync(LAUNCHER, ['hold'], {
      encoding: 'utf8',
      env: { ...process.env, FORCE_COLOR: '1' },
    });
    expect(stdout + stderr).not.toContain('\u001b');
  });

  it.each([
    [
      'bash',
      ['--norc', '--noprofile'],
      'COMP_WORDS=(sallyport holds ap); COMP_CWORD=2; _sallyport; echo "${COMPREPLY[*]}"',
      'approve',
    ],
  ])('completes in %s', (shell, flags, ask, expected) => {
    const script = spawnSync(LAUNCHER, ['completion', shell], { encoding: 'utf8' }).stdout;
    const path = `${fileURLToPath(new URL('../../..', import.meta.url))}:${process.env['PATH'] ?? ''}`;
    const { stdout } = spawnSync(shell, [...flags, '-c', `${script}\n${ask}`], {
      encoding: 'utf8',
      env: { ...process.env, PATH: path },
    });
    expect(stdout.trim()).toBe(expected);
  });
});

describe('sallyport psql', () => {
  it('hands psql the token in no argument, passes signals on, and ends as psql ends', async () => {
    using directory = temporaryDirectory();
    mkdirSync(directory.join('bin'));
    // Stands in for psql: says who it is, and ends with 7 when it is told to stop.
    writeFileSync(
      directory.join('bin', 'psql'),
      `#!/bin/sh\ntrap 'exit 7' TERM INT\necho "$PGPASSWORD $PGHOST:$PGPORT $PGDATABASE" > ${directory.join('env')}\ntr '\\0' ' ' < /proc/$$/cmdline > ${directory.join('cmdline')}\ntouch ${directory.join('ready')}\nwhile :; do sleep 0.05; done\n`,
    );
    chmodSync(directory.join('bin', 'psql'), 0o755);
    await using server = await startFakeControlPlane(targets);
    const child = spawn(LAUNCHER, ['psql', 'shop', '--', '-c', 'SELECT 1'], {
      env: {
        ...process.env,
        PATH: `${directory.join('bin')}:${process.env['PATH'] ?? ''}`,
        SALLYPORT_URL: server.url,
        SALLYPORT_TOKEN: 'spt_secret',
      },
    });
    await eventually('psql', () => existsSync(directory.join('ready')));
    expect(readFileSync(directory.join('env'), 'utf8')).toBe('spt_secret 127.0.0.1:15432 shop\n');
    expect(readFileSync(directory.join('cmdline'), 'utf8')).not.toContain('spt_secret');
    // As a terminal does: Ctrl-C goes to both, and only psql decides what it means.
    child.kill('SIGINT');
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(child.exitCode).toBe(7);
  });
});
