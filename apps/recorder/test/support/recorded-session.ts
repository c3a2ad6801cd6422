import { create, toBinary } from '@bufbuild/protobuf';
import { Outcome } from '@sallyport/contracts/access';
import { OutputSchema, StatementOutcome } from '@sallyport/contracts/event';
import {
  BODY_FIELD,
  certifySession,
  EventChain,
  generateSigningKey,
  type EncodedEvent,
  type SigningKey,
} from '@sallyport/recording-format';
import type { Spool, SpoolDurability } from '@sallyport/session-events';

/** A session as a proxy records it: certified, chained, in a spool. */
export class RecordedSession {
  readonly id: string;
  readonly chain: EventChain;
  readonly #spool: Spool;
  readonly #certificate;
  statements = 0;

  constructor(spool: Spool, recordingKey: SigningKey, id: string) {
    const signer = generateSigningKey();
    this.id = id;
    this.#spool = spool;
    this.chain = new EventChain({ sessionId: id, signer });
    this.#certificate = certifySession(recordingKey, {
      sessionId: id,
      sessionPublicKey: signer.publicKey,
      principalId: 'p-1',
      targetName: 'shop',
      proxyId: 'proxy-0',
      openedUnixUs: 1n,
    });
  }

  open(): Promise<void> {
    const value = {
      principal: { id: 'p-1' },
      target: { name: 'shop' },
      proxyId: 'proxy-0',
      certificate: this.#certificate,
    };
    return this.append(this.chain.append({ case: 'sessionOpened', value }));
  }

  /** Decision, some output, end: four events with a checkpoint. */
  async statement(outputBytes = 100, durability: SpoolDurability = 'written'): Promise<void> {
    this.statements += 1;
    const id = `${this.id}-${this.statements}`;
    const statement = { id, kind: 'sql.simple', text: `select ${this.statements}` };
    const output = create(OutputSchema, {
      statementId: id,
      format: 'postgres.backend',
      data: Buffer.alloc(outputBytes, this.statements),
    });
    const finish = { statementId: id, outcome: StatementOutcome.COMPLETED, rows: 1n };
    await Promise.all([
      this.append(
        this.chain.append({
          case: 'statementDecided',
          value: { statement, decision: { outcome: Outcome.ALLOW } },
        }),
        durability,
      ),
      this.append(this.chain.appendEncoded(BODY_FIELD.output, toBinary(OutputSchema, output))),
      this.append(this.chain.append({ case: 'statementFinished', value: finish })),
      this.append(this.chain.checkpoint()),
    ]);
  }

  close(): Promise<void> {
    return this.append(this.chain.close('client_closed'));
  }

  append(event: EncodedEvent, durability: SpoolDurability = 'written'): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#spool.append(this.id, event.parts, durability, (error) => {
        if (error === undefined) resolve();
        else reject(error);
      });
    });
  }
}
