import { Client } from 'pg';
import { secretOf } from '../../stack/target-postgres.ts';
import type { Tour } from '../tour.ts';

/** The order that the tour deletes. */
export const ORDER_ID = 7;

/** Puts back what an earlier tour deleted, on the target itself and past Sallyport. */
export async function restoreShop(tour: Tour): Promise<void> {
  await queryTarget(
    tour,
    `insert into orders values (${ORDER_ID}, 8, 'lamp', 278.50, 'open', '2026-08-08') on conflict do nothing`,
  );
}

/** Asks the target itself, past Sallyport: the tour's way to see what really happened. */
export async function queryTarget(tour: Tour, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({
    host: '127.0.0.1',
    port: tour.ports.targetPostgres,
    user: 'shop_app',
    password: tour.state.secret(secretOf('shop_app')),
    database: 'shop',
  });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return rows;
  } finally {
    await client.end();
  }
}

/** How many orders have this id, on the target itself. */
export async function countOrders(tour: Tour, id = ORDER_ID): Promise<number> {
  const [row] = await queryTarget(tour, `select count(*)::int as n from orders where id = ${id}`);
  return Number(row?.['n']);
}
