import { describe, expect, it } from '@jest/globals';
import { eventually, temporaryDirectory } from '@sallyport/testing';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import {
  isAlive,
  processes,
  psql,
  quickstart,
  sallyport,
  stack,
  startQuickstart,
  type Summary,
} from './stack.ts';

describe('the running quick start', () => {
  it('prints the documented JSON', () => {
    expect(Object.keys(stack).sort()).toEqual(['endpoints', 'people', 'stateDir', 'targets']);
    expect(stack.endpoints).toMatchObject({
      postgres: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      controlPlane: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    });
    expect(Object.keys(stack.people).sort()).toEqual(['ada', 'dan', 'eve', 'shop-agent']);
    expect(stack.targets).toContainEqual({ name: 'shop', protocol: 'postgres' });
    expect(stack.endpoints['ssh']).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(stack.targets).toContainEqual({ name: 'web', protocol: 'ssh' });
  });

  it.each([
    ['ada', 'platform'],
    ['dan', 'dba'],
    ['eve', 'analysts'],
    ['shop-agent', 'agents'],
  ])('has a token of %s, with the group %s', async (who, group) => {
    const { stdout, code } = await sallyport(who, 'whoami', '--output', 'json');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(`"${group}"`) });
  });

  it('says where it runs when asked again, and starts nothing twice', async () => {
    const before = processes();
    const status = await quickstart('--status', '--json', '--state', stack.stateDir);
    const detached = await quickstart('--detach', '--json', '--state', stack.stateDir);
    expect(JSON.parse(status.stdout)).toEqual(stack);
    expect(JSON.parse(detached.stdout)).toEqual(stack);
    const again = await quickstart('--state', stack.stateDir);
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(/^quickstart: it runs already \(process \d+\); .*\n$/);
    expect(processes()).toEqual(before);
  });

  it('keeps every credential of its own to its owner', async () => {
    const answers = await Promise.all(
      ['eve', 'shop-agent'].map((who) => psql(who, 'shop', "SELECT current_setting('is_superuser')")),
    );
    for (const { stdout } of answers) expect(stdout).not.toContain('on');
    const targets = await sallyport('ada', 'get', 'Target', '--output', 'json');
    const password = readFileSync(`${stack.stateDir}/secrets/postgres-shop_app`, 'utf8');
    expect(targets.stdout).toContain('shop');
    expect(targets.stdout).not.toContain(password);
  });
});

describe('a quick start of its own', () => {
  it('leaves no process behind: after --stop, and when its supervisor is killed', async () => {
    using directory = temporaryDirectory();
    const state = directory.join('state');
    const start = () => quickstart('--detach', '--json', '--free-ports', '--state', state);
    const first = await start();
    expect({ code: first.code, stderr: first.code === 0 ? '' : first.stderr }).toEqual({
      code: 0,
      stderr: '',
    });
    const running = Object.values(processes(state));
    expect(running).toHaveLength(8);
    expect((await quickstart('--stop', '--state', state)).code).toBe(0);
    expect(running.filter(isAlive)).toEqual([]);

    const second = await start();
    expect(second.code).toBe(0);
    const summary: Summary = JSON.parse(second.stdout);
    expect(summary.stateDir).toBe(state);
    const { supervisorPid } = JSON.parse(readFileSync(`${state}/instance.json`, 'utf8'));
    const children = Object.values(processes(state));
    process.kill(supervisorPid, 'SIGKILL');
    await eventually('the end of every process', () => children.every((pid) => !isAlive(pid)));
    expect((await quickstart('--status', '--state', state)).stderr).toMatch(/does not run/);
  }, 240_000);

  it('ends with all its processes at Ctrl-C, once it runs and before', async () => {
    using directory = temporaryDirectory();
    const state = directory.join('state');
    for (const [when, code] of [
      [/control plane \(/, 1],
      [/"stateDir"/, 0],
    ] as const) {
      const running = startQuickstart('--json', '--free-ports', '--state', state);
      await eventually('the moment', () => when.test(running.output()), { timeoutMs: 120_000 });
      const children = Object.values(processes(state));
      expect(children.length).toBeGreaterThan(0);
      running.interrupt();
      expect(await running.exitCode).toBe(code);
      await eventually('the end of every process', () => children.every((pid) => !isAlive(pid)));
    }
  }, 240_000);

  it('answers a busy port, a foreign folder and a wrong flag with one line each', async () => {
    const server = createServer();
    const busy = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(true));
      server.listen(15432, '127.0.0.1', () => resolve(true));
    });
    expect(busy).toBe(true);
    using directory = temporaryDirectory();
    writeFileSync(directory.join('thesis.tex'), 'precious');
    const cases = [
      [
        ['--state', directory.join('new')],
        /^quickstart: ports? .*15432.* in use by another program; .*--free-ports\n$/,
      ],
      [['--free-ports', '--state', directory.path], /^quickstart: .* has something else in it; .*\n$/],
      [['--fresh', '--state', directory.path], /left alone|in use/],
      [['--dettach'], /^quickstart: .*--dettach.*see \.\/quickstart --help\n$/],
    ] as const;
    for (const [args, line] of cases) {
      const { code, stdout, stderr } = await quickstart(...args);
      expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(line) });
    }
    expect(readFileSync(directory.join('thesis.tex'), 'utf8')).toBe('precious');
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
});
