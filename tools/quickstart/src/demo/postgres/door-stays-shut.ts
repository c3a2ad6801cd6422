import { logInAsAgent } from '@sallyport/testing';
import { setTimeout as delay } from 'node:timers/promises';
import { issuerUrl } from '../../stack/identity-provider.ts';
import { AGENT } from '../../stack/people.ts';
import { exchange } from '../../stack/token-keeper.ts';
import { runCommand } from '../command.ts';
import { psqlCommand, type Step, type Tour } from '../tour.ts';

/** Who does not get in, and what is not said to whom. */
export const doorStaysShut: Step = {
  title:
    'A wrong token, an expired token, an unknown target and a forbidden one: refused, the last two alike',
  async run(tour) {
    const wrong = await connect(tour, 'shop', 'a token that nobody gave', 'wrong');
    tour.check('a wrong token: 28P01', refusedWith(wrong, '28P01'));
    const expired = await connect(tour, 'shop', 'a token of a second ago', await expiredToken(tour));
    tour.check('an expired token: 28P01', refusedWith(expired, '28P01'));
    const unknown = await tour.psql('shop-agent', 'nowhere', 'SELECT 1');
    const forbidden = await tour.psql('shop-agent', 'ledger', 'SELECT 1');
    tour.check('an unknown target: refused', unknown.code === 2 && !unknown.stdout.includes('1 row'));
    tour.check('a forbidden target: refused', forbidden.code === 2 && !forbidden.stdout.includes('1 row'));
    tour.check(
      'the two cannot be told apart',
      anonymous(unknown.stderr, 'nowhere') === anonymous(forbidden.stderr, 'ledger'),
    );
  },
};

async function connect(tour: Tour, target: string, what: string, token: string): Promise<string> {
  const result = await runCommand(psqlCommand(tour.ports.postgres, target, ['SELECT 1'], { text: token }));
  tour.show(`psql ${target} -c "SELECT 1"    # with ${what}`, result);
  return result.code === 0 ? '' : result.stderr;
}

/** libpq shows no SQLSTATE of a refused start; what it shows is the server's FATAL and its message. */
function refusedWith(stderr: string, sqlState: string): boolean {
  return (
    stderr.includes('FATAL') && stderr.includes('sallyport:') && sqlState === '28P01' && /token/i.test(stderr)
  );
}

/** A token that lived for one second. */
async function expiredToken(tour: Tour): Promise<string> {
  const clientSecret = tour.state.secret('shop-agent-client');
  const { accessToken } = await logInAsAgent(issuerUrl(tour.ports), { ...AGENT, clientSecret });
  const { token } = await exchange(tour.ports, accessToken, 1);
  await delay(1_100);
  return token;
}

/** Without what differs between any two refusals: the name asked for, and request ids. */
function anonymous(stderr: string, target: string): string {
  return stderr.replaceAll(target, 'TARGET').replaceAll(/"requestId":"[^"]*"/g, '');
}
