import { create } from '@bufbuild/protobuf';
import { DurationSchema } from '@bufbuild/protobuf/wkt';
import { CreateJoinTokenResponseSchema } from '@sallyport/contracts/admin';
import { CliError } from '../cli-error.ts';
import { parseDuration } from '../duration.ts';
import type { Invocation } from '../invocation.ts';
import { messageJson } from '../output/message-json.ts';

const KINDS = ['proxy', 'recorder'];

export async function createJoinToken(invocation: Invocation): Promise<void> {
  const { output } = invocation;
  const kind = invocation.argument(0);
  if (!KINDS.includes(kind))
    throw new CliError('usage', `"${kind}" does not join.`, { next: `Say ${KINDS.join(' or ')}.` });
  const seconds = parseDuration(invocation.text('ttl') ?? '1h', '--ttl');
  const api = await invocation.connect();
  const response = await api.call(
    api.access.createJoinToken({ kind, duration: create(DurationSchema, { seconds: BigInt(seconds) }) }),
  );
  await output.answer(
    () => messageJson(CreateJoinTokenResponseSchema, response),
    () => {
      output.line({ text: 'join token     ', style: 'dim' }, response.joinToken);
      output.line({ text: 'CA fingerprint ', style: 'dim' }, response.caFingerprint);
      output.say(`For one ${kind}, once. Whoever has it can join: keep it secret.`);
    },
  );
}
