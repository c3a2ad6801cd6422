import { timestampDate } from '@bufbuild/protobuf/wkt';
import {
  GetSshOptionsResponseSchema,
  RetireSshAuthorityResponseSchema,
  RotateSshAuthorityResponseSchema,
  SshAuthority,
  type GetSshOptionsResponse,
} from '@sallyport/contracts/admin';
import { CliError } from '../cli-error.ts';
import { parseDuration } from '../duration.ts';
import type { Invocation } from '../invocation.ts';
import { messageJson } from '../output/message-json.ts';

/** The CAs for SSH, and what their keys are listed for. */
const AUTHORITIES = {
  user: { id: SshAuthority.USER, signs: "callers' certificates" },
  host: { id: SshAuthority.HOST, signs: 'host keys of doors' },
  upstream: { id: SshAuthority.UPSTREAM, signs: 'sessions on targets' },
} as const;

type AuthorityName = keyof typeof AUTHORITIES;

/** Lists the CAs' keys; those of one are lines for authorized_keys, known_hosts or TrustedUserCAKeys. */
export async function listAuthorities(invocation: Invocation): Promise<void> {
  const { output } = invocation;
  const asked = invocation.optionalArgument(0);
  const only = asked === undefined ? undefined : authorityNamed(asked);
  const api = await invocation.connect();
  const options = await api.call(api.ssh.getSshOptions({}));
  await output.answer(
    () =>
      only === undefined
        ? messageJson(GetSshOptionsResponseSchema, options)
        : { authority: only, keys: [...keysOf(options, only)] },
    () => {
      if (only !== undefined) output.verbatim(keysOf(options, only).join('\n'));
      else
        output.table({
          columns: ['authority', 'signs', 'public key'],
          rows: [...names()].flatMap((name) =>
            keysOf(options, name).map((key) => [name, AUTHORITIES[name].signs, key]),
          ),
          empty: 'There is no CA.',
        });
    },
  );
}

/** Gives a CA a new key, which is trusted at once and signs later. */
export async function rotateAuthority(invocation: Invocation): Promise<void> {
  const { output } = invocation;
  const name = authorityNamed(invocation.argument(0));
  const after = invocation.text('after') ?? '24h';
  const seconds = after === 'now' ? 0 : parseDuration(after, '--after');
  const api = await invocation.connect();
  const response = await api.call(
    api.ssh.rotateSshAuthority({
      authority: AUTHORITIES[name].id,
      signsAfter: { seconds: BigInt(seconds) },
    }),
  );
  await output.answer(
    () => messageJson(RotateSshAuthorityResponseSchema, response),
    () => {
      output.line(response.publicKey);
      const from = response.signsFrom === undefined ? '' : timestampDate(response.signsFrom).toISOString();
      output.say(`It is trusted from now on, and signs from ${from}.`);
      if (name === 'upstream') output.say('Add it to TrustedUserCAKeys of your hosts before then.');
    },
  );
}

/** Ends the trust in the keys that the CA's current one has replaced. */
export async function retireAuthority(invocation: Invocation): Promise<void> {
  const { output } = invocation;
  const name = authorityNamed(invocation.argument(0));
  const api = await invocation.connect();
  const response = await api.call(api.ssh.retireSshAuthority({ authority: AUTHORITIES[name].id }));
  await output.answer(
    () => messageJson(RetireSshAuthorityResponseSchema, response),
    () => {
      const { retired } = response;
      output.line(
        retired === 0
          ? `The CA "${name}" has no key that another one has replaced.`
          : `${retired} ${retired === 1 ? 'key' : 'keys'} of the CA "${name}" retired; what they signed counts no more.`,
      );
    },
  );
}

function keysOf(options: GetSshOptionsResponse, name: AuthorityName): readonly string[] {
  switch (name) {
    case 'user':
      return options.userCertificateAuthorities;
    case 'host':
      return options.hostCertificateAuthorities;
    case 'upstream':
      return options.upstreamCertificateAuthorities;
  }
}

function names(): readonly AuthorityName[] {
  return ['user', 'host', 'upstream'];
}

function authorityNamed(text: string): AuthorityName {
  const name = names().find((known) => known === text);
  if (name !== undefined) return name;
  throw new CliError('usage', `"${text}" is not a CA for SSH.`, {
    next: 'They are user, host and upstream.',
  });
}
