import { Publisher } from '../publisher/publisher.ts';
import { Spool } from '../spool/spool.ts';
import type { NatsOptions } from '../nats/nats-options.ts';
import { SessionSource } from './session-source.ts';

// A process that records one event, publishes it and has nothing else to do: for the spec that it is
// not over before that is done. Arguments: the spool's directory, and how to reach NATS (JSON).
const [, , directory = '', nats = '{}'] = process.argv;
const spool = await Spool.open(directory);
const publisher = Publisher.start(spool, { nats: JSON.parse(nats) as NatsOptions });
const session = new SessionSource('a');
spool.append(session.id, session.open().parts, 'written', () => undefined);
process.stdout.write(`published ${await publisher.stop(20_000)}\n`);
await spool.close();
