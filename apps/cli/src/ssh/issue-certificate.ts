import { readFile } from 'node:fs/promises';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import { parsePublicKeyLine } from '@sallyport/codec-ssh';
import { CliError, reasonOf } from '../cli-error.ts';
import { parseDuration } from '../duration.ts';
import type { Invocation } from '../invocation.ts';
import { ensureCertificate, type CertificateWish } from './ensure-certificate.ts';

/** Gets a certificate: for ssh's files here, or for a key of the caller's own. */
export async function issueCertificate(invocation: Invocation): Promise<void> {
  const ttl = invocation.text('ttl');
  const wish: CertificateWish = {
    renew: !invocation.flag('ensure'),
    lifetimeSeconds: ttl === undefined ? undefined : parseDuration(ttl, '--ttl'),
    sourceAddresses: invocation.list('sourceAddress'),
  };
  const publicKey = invocation.text('publicKey');
  if (publicKey !== undefined) return certifyKey(invocation, publicKey, wish);
  const { output, world } = invocation;
  const { files, expiresAt, renewed } = await ensureCertificate(world, await invocation.settings(), wish);
  // ssh runs it with --ensure before each connection, and would show each line.
  if (output.isForPeople && invocation.flag('ensure')) return;
  await output.answer(
    () => ({
      certificate: files.certificate,
      privateKey: files.key,
      knownHosts: files.knownHosts,
      expiresAt: expiresAt.toISOString(),
      renewed,
    }),
    () => {
      output.line('certificate  ', files.certificate);
      output.line('private key  ', files.key);
      output.line('known hosts  ', files.knownHosts);
      output.line('expires      ', expiresAt.toISOString());
    },
  );
}

async function certifyKey(
  invocation: Invocation,
  file: string,
  { lifetimeSeconds, sourceAddresses = [] }: CertificateWish,
): Promise<void> {
  if (invocation.flag('ensure'))
    throw new CliError('usage', '--ensure is for the key that is kept here, not for one of your own.');
  const { output } = invocation;
  const publicKey = await readPublicKey(file);
  const api = await invocation.connect();
  const { certificate, expiresAt, knownHosts } = await api.call(
    api.ssh.issueUserCertificate({
      publicKey,
      sourceAddresses: [...sourceAddresses],
      ...(lifetimeSeconds === undefined ? {} : { lifetime: { seconds: BigInt(lifetimeSeconds) } }),
    }),
  );
  await output.answer(
    () => ({
      certificate,
      knownHosts,
      ...(expiresAt === undefined ? {} : { expiresAt: timestampDate(expiresAt).toISOString() }),
    }),
    () => output.verbatim(certificate),
  );
}

async function readPublicKey(file: string): Promise<Uint8Array> {
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (error) {
    throw new CliError('usage', `${file} cannot be read.`, { reason: reasonOf(error) });
  }
  const parsed = parsePublicKeyLine(content.trim());
  if (parsed.ok) return parsed.value.blob;
  throw new CliError('usage', `${file} is not a public key of ssh.`, {
    reason: parsed.error.publicMessage,
    next: 'Name the file that ends in .pub.',
  });
}
