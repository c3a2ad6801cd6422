import type { DemoPart } from '../tour.ts';
import { changeIsHeld } from './change-is-held.ts';
import { doorStaysShut } from './door-stays-shut.ts';
import { maskedEverywhere } from './masked-everywhere.ts';
import { maskedInBinary } from './masked-in-binary.ts';
import { natsIsKilled } from './nats-is-killed.ts';
import { proxyIsKilled } from './proxy-is-killed.ts';
import { readsAreMasked } from './reads-are-masked.ts';
import { replay } from './replay.ts';
import { restoreShop } from './restore-shop.ts';
import { schemaIsClosed } from './schema-is-closed.ts';
import { verifyFindsDamage } from './verify.ts';

/** psql, through the PostgreSQL door. */
export const postgresPart: DemoPart = {
  door: 'postgres',
  title: 'PostgreSQL: an agent with psql',
  prepare: restoreShop,
  steps: [
    readsAreMasked,
    maskedEverywhere,
    maskedInBinary,
    schemaIsClosed,
    changeIsHeld,
    doorStaysShut,
    replay,
    verifyFindsDamage,
    proxyIsKilled,
    natsIsKilled,
  ],
};
