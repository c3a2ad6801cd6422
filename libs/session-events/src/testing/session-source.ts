import { create, toBinary } from '@bufbuild/protobuf';
import { OutputSchema } from '@sallyport/contracts/event';
import { BODY_FIELD, EventChain, generateSigningKey, type EncodedEvent } from '@sallyport/recording-format';

/** A session that makes events, for specs. */
export class SessionSource {
  readonly id: string;
  readonly chain: EventChain;

  constructor(id: string) {
    this.id = id;
    this.chain = new EventChain({ sessionId: id, signer: generateSigningKey() });
  }

  open(): EncodedEvent {
    return this.chain.append({ case: 'sessionOpened', value: { clientName: 'spec' } });
  }

  output(bytes: number): EncodedEvent {
    const body = create(OutputSchema, { format: 'terminal', data: Buffer.alloc(bytes, this.chain.sequence) });
    return this.chain.appendEncoded(BODY_FIELD.output, toBinary(OutputSchema, body));
  }

  close(): EncodedEvent {
    return this.chain.close('client_closed');
  }
}
