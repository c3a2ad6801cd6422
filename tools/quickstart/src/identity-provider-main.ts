/** The demo identity provider: `identity-provider-main.ts PORT KEY_FILE CLIENT_SECRET_FILE`. */
import { startOidcProvider } from '@sallyport/testing';
import { readFileSync } from 'node:fs';
import { AGENT, AUDIENCE, PEOPLE } from './stack/people.ts';

const [port = '', keyFile = '', secretFile = ''] = process.argv.slice(2);
const provider = await startOidcProvider({
  port: Number(port),
  people: PEOPLE,
  agents: [{ ...AGENT, clientSecret: readFileSync(secretFile, 'utf8') }],
  audience: AUDIENCE,
  keyFile,
});
process.once('SIGTERM', () => void provider.stop().then(() => process.exit(0)));
