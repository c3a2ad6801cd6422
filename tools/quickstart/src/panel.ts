import type { Summary } from './summary.ts';

/** What a person sees when all of it runs: where things are, and lines to paste. */
export function panel(summary: Summary, detached: boolean): string {
  const { endpoints, people, stateDir } = summary;
  const [host = '', port = ''] = (endpoints['postgres'] ?? '').split(':');
  const tokenOf = (name: string) => people[name]?.tokenFile ?? '';
  const psql = `PGPASSWORD=$(cat ${tokenOf('shop-agent')}) psql -h ${host} -p ${port} -U shop-agent shop`;
  const cli = (name: string, rest: string) =>
    `SALLYPORT_URL=${endpoints['controlPlane'] ?? ''} SALLYPORT_TOKEN_FILE=${tokenOf(name)} ./sallyport ${rest}`;
  const who = Object.entries(people).map(([name, { groups }]) => `${name} (${groups.join(', ')})`);
  const rows: readonly (readonly [string, string])[] = [
    ['PostgreSQL door', endpoints['postgres'] ?? ''],
    ['control plane', endpoints['controlPlane'] ?? ''],
    ['identity provider', endpoints['identityProvider'] ?? ''],
    ['people', who.join(', ')],
    ['state', stateDir],
  ];
  return `
Sallyport runs.

${rows.map(([name, value]) => `  ${name.padEnd(18)} ${value}`).join('\n')}

As the agent (reads are masked, changes wait for a DBA, the schema is closed):
  ${psql} -c 'SELECT id, name, email, card FROM customers LIMIT 3'
  ${psql} -c 'DROP TABLE orders'
  ${psql} -c 'DELETE FROM orders WHERE id = 7'

As dan, a DBA, from another terminal while the DELETE waits:
  ${cli('dan', 'holds list')}
  ${cli('dan', 'holds approve HOLD')}

As ada, an administrator:
  ${cli('ada', 'sessions list')}
  ${cli('ada', 'sessions replay SESSION')}

The tour of all of it: ./quickstart --demo
${detached ? 'It goes on in the background; ./quickstart --stop ends it.' : 'Ctrl-C ends all of it.'}
`;
}
