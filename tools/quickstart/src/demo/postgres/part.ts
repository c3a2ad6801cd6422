import type { DemoPart } from '../tour.ts';
import { restoreShop } from './restore-shop.ts';
import { readsAreMasked } from './reads-are-masked.ts';

/** psql, through the PostgreSQL door. */
export const postgresPart: DemoPart = {
  title: 'PostgreSQL: an agent with psql',
  prepare: restoreShop,
  steps: [readsAreMasked],
};
