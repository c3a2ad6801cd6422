import { describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { readingCapability } from '../src/process/reading-capability.ts';
import { createTestAuthority, startPostgres, temporaryDirectory } from '../src/index.ts';

describe('startPostgres', () => {
  it('runs PostgreSQL 18, asks for the password, and leaves nothing behind', async () => {
    const server = await startPostgres();
    const [row] = await server.query(
      "select current_setting('server_version') as version, current_user as name",
    );
    expect(row).toMatchObject({ name: 'postgres', version: expect.stringMatching(/^18\./) });
    await expect(server.connect({ password: 'wrong' })).rejects.toMatchObject({ code: '28P01' });
    const socket = await server.connect({ host: server.socketDirectory });
    await socket.end();
    await server.stop();
    expect(existsSync(server.directory)).toBe(false);
    expect(existsSync(server.socketDirectory)).toBe(false);
    expect(() => process.kill(server.pid, 0)).toThrow();
  });

  it('takes TLS, settings and its own pg_hba.conf', async () => {
    const authority = await createTestAuthority();
    const tls = await authority.issue({ commonName: 'db', hosts: ['127.0.0.1'] });
    await using server = await startPostgres({
      tls,
      hba: ['hostssl all all 127.0.0.1/32 scram-sha-256', 'hostnossl all all 127.0.0.1/32 reject'],
      settings: { work_mem: '1234kB' },
    });
    await expect(server.connect()).rejects.toMatchObject({ code: '28000' });
    const client = await server.connect({ ssl: { ca: authority.caPem } });
    const { rows } = await client.query(
      "select ssl, current_setting('work_mem') as mem from pg_stat_ssl where pid = pg_backend_pid()",
    );
    await client.end();
    expect(rows).toEqual([{ ssl: true, mem: '1234kB' }]);
  });

  it('keeps a named directory, also over a crash', async () => {
    using directory = temporaryDirectory();
    const first = await startPostgres({ directory: directory.join('pg') });
    await first.query('create table kept (id int)');
    await first.kill();
    await using second = await startPostgres({ directory: directory.join('pg') });
    expect(await second.query('select count(*)::int as n from kept')).toEqual([{ n: 0 }]);
    expect(second.password).toBe(first.password);
  });
});

describe('startPostgres as root', () => {
  const asRoot = process.getuid?.() === 0 ? it : it.skip;

  asRoot(
    'runs as somebody else, who may read more than others only where the folder is closed to them',
    async () => {
      using directory = temporaryDirectory();
      const capabilitiesOf = async (path: string) => {
        await using server = await startPostgres({ directory: path });
        const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
        expect(/^Uid:\t(\d+)/m.exec(status)?.[1]).not.toBe('0');
        return Number(`0x${/^CapEff:\t(\w+)/m.exec(status)?.[1] ?? ''}`);
      };
      const expected = { dac_read_search: 4, dac_override: 2 }[readingCapability() ?? 'dac_read_search'];
      expect(await capabilitiesOf(directory.join('closed'))).toBe(expected);
      chmodSync(directory.path, 0o711);
      expect(await capabilitiesOf(directory.join('open'))).toBe(0);
    },
  );

  asRoot('runs below a closed folder in a container, whose root has fewer capabilities', async () => {
    using directory = temporaryDirectory();
    const script = `
      import { startPostgres } from ${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)};
      const server = await startPostgres({ directory: ${JSON.stringify(directory.join('pg'))} });
      console.log(JSON.stringify(await server.query('select 1 as one')));
      await server.stop();`;
    const few = '-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap';
    const args = [
      '--bounding-set',
      few,
      '--inh-caps',
      '-all',
      process.execPath,
      '--input-type=module',
      '-e',
      script,
    ];
    const { stdout } = await promisify(execFile)('/usr/bin/setpriv', args);
    expect(stdout).toBe('[{"one":1}]\n');
  });
});

describe('the capability to read below closed folders', () => {
  const status = (permitted: string, bounding: string) =>
    `Name:\tx\nCapPrm:\t${permitted}\nCapBnd:\t${bounding}\n`;

  it('is the least that there is, and one that can be handed on', () => {
    const all = '000001ffffffffff';
    expect(readingCapability(status(all, all))).toBe('dac_read_search');
    // Docker's own set.
    expect(readingCapability(status('00000000a80425fb', '00000000a80425fb'))).toBe('dac_override');
    expect(readingCapability(status(all, '0000000000000000'))).toBeUndefined();
    expect(readingCapability(status('0000000000000000', all))).toBeUndefined();
  });
});
