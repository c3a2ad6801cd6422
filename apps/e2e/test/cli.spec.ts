import { describe, expect, it } from '@jest/globals';
import { approveDeviceLogin, eventually, temporaryDirectory } from '@sallyport/testing';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, sallyport, stack, startSallyport, tokenOf } from './stack.ts';

describe('sallyport', () => {
  it('logs a person in through the browser, and then needs nothing but the stored login', async () => {
    using home = temporaryDirectory();
    const env = { XDG_CONFIG_HOME: home.path, HOME: home.path };
    const login = startSallyport(env, 'login', '--url', stack.endpoints['controlPlane'] ?? '');
    const url = await eventually(
      'the address to open',
      () => /http:\/\/127\.0\.0\.1:\d+\/device\?user_code=[\w-]+/.exec(login.output())?.[0],
    );
    await approveDeviceLogin(url, 'eve');
    expect({ code: await login.exitCode, output: login.output() }).toMatchObject({
      code: 0,
      output: expect.stringContaining('eve'),
    });
    const whoami = startSallyport(env, 'whoami', '--output', 'json');
    expect(await whoami.exitCode).toBe(0);
    expect(whoami.output()).toContain('analysts');
    const psql = startSallyport(
      env,
      'psql',
      'shop',
      '--',
      '-XAtc',
      'SELECT email FROM customers WHERE id = 1',
    );
    expect(await psql.exitCode).toBe(0);
    expect(psql.output()).toMatch(/^\S*\*\S*\n$/);
    const { stdout } = await run('find', [home.path, '-type', 'f']);
    for (const file of stdout.trim().split('\n')) expect(statSync(file).mode & 0o077).toBe(0);
  });

  it('lists the targets that are open to whom asks, and no others', async () => {
    const names = async (who: string) => {
      const { stdout } = await sallyport(who, 'targets', '--output', 'json');
      return (JSON.parse(stdout) as { targets: { target: { name: string } }[] }).targets
        .map(({ target }) => target.name)
        .sort();
    };
    expect(await names('shop-agent')).toEqual(['shop', 'web']);
    expect(await names('dan')).toEqual(['ledger', 'shop', 'web']);
  });

  it('lets nobody but administrators change policies, and says where a manifest is wrong', async () => {
    using directory = temporaryDirectory();
    const manifest = directory.join('policy.yaml');
    writeFileSync(
      manifest,
      readFileSync(join(import.meta.dirname, '../../../tools/quickstart/manifests/agents-on-shop.yaml')),
    );
    const agent = await sallyport('shop-agent', 'apply', '-f', manifest);
    expect({ code: agent.code, said: agent.stdout + agent.stderr }).toEqual({
      code: 4,
      said: expect.stringContaining('resources.write'),
    });
    expect((await sallyport('ada', 'apply', '-f', manifest, '--dry-run')).code).toBe(0);
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('deny:', 'denny:'));
    const { code, stderr, stdout } = await sallyport('ada', 'apply', '-f', manifest);
    expect(code).toBe(1);
    expect(stdout + stderr).toMatch(/policy\.yaml:\d+.*denny/);
  });

  it('shows nobody a token', async () => {
    const outputs = await Promise.all([
      sallyport('ada', 'sessions', 'list', '--output', 'json'),
      sallyport('ada', 'get', 'all', '--output', 'json'),
      sallyport('ada', 'whoami', '--output', 'json'),
    ]);
    for (const { stdout, stderr, code } of outputs) {
      expect(code).toBe(0);
      for (const who of Object.keys(stack.people)) expect(stdout + stderr).not.toContain(tokenOf(who));
    }
  });
});
