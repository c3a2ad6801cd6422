import type { AuthorizedTarget } from '@sallyport/proxy-kit';
import type { CatalogLease, CatalogStore } from '../classify/catalog-store.ts';
import { QueryConnection } from '../classify/query-connection.ts';
import { connectUpstream } from './connect-upstream.ts';

/** A hold on the catalog of a session's database, read with the target's credential over a connection of the store's own. */
export function leaseCatalog(
  catalogs: CatalogStore,
  target: AuthorizedTarget,
  database: string | null,
  timeoutMs: number,
): CatalogLease {
  const { host, port, credential, parameters } = target.upstream;
  const login = credential.case === 'password' ? credential.value.username : '';
  const name = database ?? parameters['database'] ?? login;
  const key = JSON.stringify([target.target.name, host, port, login, name]);
  return catalogs.acquire(key, async () => {
    const { link } = await connectUpstream(target, {
      database,
      settings: new Map([
        ['application_name', 'sallyport catalog'],
        ['client_encoding', 'UTF8'],
        ['search_path', 'pg_catalog'],
        ['default_transaction_read_only', 'on'],
      ]),
      timeoutMs,
      signal: new AbortController().signal,
    });
    return new QueryConnection(link);
  });
}
