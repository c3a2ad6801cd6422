/* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment, @typescript-eslint/no-generated-empty-object-type -- wrong on purpose */
/**
 * The order of the stages as types: each `@ts-expect-error` is a stage left out.
 * `tsc` fails when one of them compiles, so the proofs cannot be weakened quietly.
 */
import { describe, expect, it } from '@jest/globals';
import * as kit from '../index.ts';
import type {
  AuthenticatedIdentity,
  AuthorizedTarget,
  ClientChannel,
  ForwardPermit,
  ForwardedStatement,
  MaskedFrames,
  RecordedInput,
  SessionRecorder,
  UpstreamChannel,
} from '../index.ts';
import { ForwardPermit as PermitClass } from './forward-permit.ts';
import { decidedStatement } from '../fixtures/statements.ts';

/** Never called: it is here to be compiled. */
export function skippedStages(
  upstream: UpstreamChannel,
  client: ClientChannel,
  recorder: SessionRecorder,
  identity: AuthenticatedIdentity,
  forwarded: ForwardedStatement,
  bytes: Uint8Array,
): void {
  // @ts-expect-error a statement is not sent without its permit
  upstream.send(bytes);
  // @ts-expect-error a decision is not a permit: it has not been recorded
  upstream.send(decidedStatement(), bytes);
  // @ts-expect-error a permit cannot be made up: its class is not exported as a value
  upstream.send(new kit.ForwardPermit(decidedStatement()), bytes);
  // @ts-expect-error nor by its shape
  upstream.send({ statement: decidedStatement() } satisfies Partial<ForwardPermit>, bytes);
  // @ts-expect-error what was sent already is not a permit to send it again
  upstream.send(forwarded, bytes);
  // @ts-expect-error further bytes of a statement are not sent unrecorded
  upstream.sendInput([bytes]);
  // @ts-expect-error nor does a record of them have a shape to imitate
  upstream.sendInput({} satisfies Partial<RecordedInput>);
  // @ts-expect-error the target's bytes do not go to the client unmasked
  client.send(bytes);
  // @ts-expect-error masked frames cannot be made up
  client.send({ byteLength: 1 } satisfies Partial<MaskedFrames>);
  // @ts-expect-error what was not masked is not recorded as output
  recorder.output('statement', 'format', [bytes], () => undefined);
  // @ts-expect-error knowing who somebody is opens no target
  new kit.UpstreamChannel(identity, socket, 1);
  // @ts-expect-error a target is not authorised by its name
  new kit.UpstreamChannel({ target: { name: 'shop' } } satisfies Partial<AuthorizedTarget>, socket, 1);
  // @ts-expect-error a session's record begins with an identity
  void kit.authorize({ sessionId: 'x' }, {});
}

declare const socket: kit.SocketPort;

describe('proofs', () => {
  it('are exported as types only: nothing outside the kit can construct one', () => {
    for (const name of [
      'AuthenticatedIdentity',
      'AuthorizedTarget',
      'ForwardPermit',
      'ForwardedStatement',
      'MaskedFrames',
      'RecordedInput',
      'SessionRecorder',
    ]) {
      expect(Object.keys(kit)).not.toContain(name);
    }
  });

  it('of a decision are good for one sending', () => {
    const permit = new PermitClass(decidedStatement());
    PermitClass.consume(permit);
    expect(() => PermitClass.consume(permit)).toThrow('twice');
  });
});
