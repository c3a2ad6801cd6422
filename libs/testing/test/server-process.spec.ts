import { describe, expect, it } from '@jest/globals';
import { eventually, startServerProcess } from '../src/index.ts';

describe('startServerProcess', () => {
  it('ends with the process that started it, even when that is killed', async () => {
    const script = `
      import { startServerProcess } from ${JSON.stringify(new URL('../src/process/server-process.ts', import.meta.url).href)};
      const child = await startServerProcess({ command: 'sleep', args: ['600'] });
      console.log('child ' + child.pid);
      setInterval(() => {}, 1000);`;
    const parent = await startServerProcess({
      command: process.execPath,
      args: ['--input-type=module', '-e', script],
    });
    const pid = Number(await parent.ready('a child', () => /child (\d+)/.exec(parent.output())?.[1]));
    expect(() => process.kill(pid, 0)).not.toThrow();
    parent.kill('SIGKILL');
    await eventually('the end of the child', () => {
      try {
        process.kill(pid, 0);
        return false;
      } catch {
        return true;
      }
    });
  });

  it('says what the program wrote when it ends before it is ready', async () => {
    const server = await startServerProcess({
      command: 'sh',
      args: ['-c', 'echo port is taken >&2; exit 3'],
    });
    await expect(server.ready('it answers', () => false)).rejects.toThrow(/ended with 3 .*\nport is taken/);
  });

  it('kills what does not stop', async () => {
    const server = await startServerProcess({
      command: 'sh',
      args: ['-c', 'trap "" TERM; echo up; while :; do sleep 1; done'],
    });
    await server.ready('the trap', () => server.output().includes('up'));
    await server.stop('SIGTERM', 50);
    expect(await server.exited).toBe('SIGKILL');
  });

  it('says when there is no such program', async () => {
    await expect(
      startServerProcess({ command: '/nonexistent', args: [] }).then((server) =>
        server.ready('it answers', () => false),
      ),
    ).rejects.toThrow(/nonexistent/);
  });
});
