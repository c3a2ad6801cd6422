import type { Summary } from './summary.ts';

/** What a person sees when all of it runs: where things are, and lines to paste. */
export function panel(summary: Summary, detached: boolean): string {
  const { endpoints, people, stateDir } = summary;
  const who = Object.entries(people).map(([name, { groups }]) => `${name} (${groups.join(', ')})`);
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['PostgreSQL door', endpoints['postgres']],
    ['SSH door', endpoints['ssh'] ?? 'none: this machine has no OpenSSH server'],
    ['control plane', endpoints['controlPlane']],
    ['identity provider', endpoints['identityProvider']],
    ['people', who.join(', ')],
    ['state', stateDir],
  ];
  return `
Sallyport runs.

${rows.map(([name, value]) => `  ${name.padEnd(18)} ${value ?? ''}`).join('\n')}

${[...postgresLines(summary), ...sshLines(summary), ...peopleLines(summary)].join('\n')}

The tour of all of it: ./quickstart --demo
${detached ? 'It goes on in the background; ./quickstart --stop ends it.' : 'Ctrl-C ends all of it.'}
`;
}

function postgresLines({ endpoints, people }: Summary): readonly string[] {
  const [host = '', port = ''] = (endpoints['postgres'] ?? '').split(':');
  const psql = `PGPASSWORD=$(cat ${people['shop-agent']?.tokenFile ?? ''}) psql -h ${host} -p ${port} -U shop-agent shop`;
  return [
    'As the agent (reads are masked, changes wait for a DBA, the schema is closed):',
    `  ${psql} -c 'SELECT id, name, email, card FROM customers LIMIT 3'`,
    `  ${psql} -c 'DROP TABLE orders'`,
    `  ${psql} -c 'DELETE FROM orders WHERE id = 7'`,
    '',
  ];
}

function sshLines(summary: Summary): readonly string[] {
  const [host = '', port] = (summary.endpoints['ssh'] ?? '').split(':');
  if (port === undefined) return [];
  return [
    'On the host web, as the agent (looking around is open, restarts wait for a DBA, deleting and forwards are closed):',
    `  ${cli(summary, 'shop-agent', 'ssh web -- ls -l srv/shop')}`,
    `  ${cli(summary, 'shop-agent', 'ssh web -- rm -rf srv')}`,
    `  ${cli(summary, 'shop-agent', 'ssh web -- systemctl restart shop')}`,
    'With an ssh of your own, and a token as its password:',
    `  cat ${summary.people['shop-agent']?.tokenFile ?? ''}; echo; ssh -p ${port} web@${host} ls`,
    'Or have your own ssh, scp, rsync, git and Ansible know the targets:',
    `  ${cli(summary, 'shop-agent', 'ssh-config > web.conf')} && ssh -F web.conf web ls`,
    '',
  ];
}

function peopleLines(summary: Summary): readonly string[] {
  return [
    'As dan, a DBA, from another terminal while something waits:',
    `  ${cli(summary, 'dan', 'holds list')}`,
    `  ${cli(summary, 'dan', 'holds approve HOLD')}`,
    '',
    'As ada, an administrator:',
    `  ${cli(summary, 'ada', 'sessions list')}`,
    `  ${cli(summary, 'ada', 'sessions replay SESSION')}`,
  ];
}

function cli({ endpoints, people }: Summary, who: string, rest: string): string {
  return `SALLYPORT_URL=${endpoints['controlPlane'] ?? ''} SALLYPORT_TOKEN_FILE=${people[who]?.tokenFile ?? ''} ./sallyport ${rest}`;
}
