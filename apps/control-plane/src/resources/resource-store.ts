import { countChange, readRevisions } from '../changes/change-topics.ts';
import type { Database, Queries } from '../database/database.ts';
import { parseManifest, type ResourceKindName } from './manifest.ts';
import { parseResource, type ParsedResource } from './resource-kind.ts';
import { buildSnapshot, type ResourceSnapshot } from './resource-snapshot.ts';

/**
 * The declarative objects, kept parsed in memory and read again when their count in the
 * database has moved.
 */
export class ResourceStore {
  readonly #database: Database;
  #snapshot: ResourceSnapshot | undefined;
  #loading: Promise<ResourceSnapshot> | undefined;

  constructor(database: Database) {
    this.#database = database;
  }

  /** As of now: asks the database for its count, and reads only if that has moved. */
  async current(): Promise<ResourceSnapshot> {
    const { resources } = await readRevisions(this.#database.prisma);
    return this.at(resources);
  }

  /** At least as new as the count; for who has just read the counts. */
  async at(revision: bigint): Promise<ResourceSnapshot> {
    if (this.#snapshot !== undefined && this.#snapshot.revision >= revision) return this.#snapshot;
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    const loaded = await this.#loading;
    // The load under way may have begun before the change that the caller knows of.
    return loaded.revision >= revision ? loaded : this.at(revision);
  }

  async #load(): Promise<ResourceSnapshot> {
    // Revision first: what is read after it is at least that new.
    const { resources: revision } = await readRevisions(this.#database.prisma);
    const rows = await this.#database.prisma.resource.findMany({
      orderBy: [{ kind: 'asc' }, { name: 'asc' }],
    });
    const snapshot = buildSnapshot(
      revision,
      rows.map(({ manifest }) => parseStored(manifest)),
    );
    this.#snapshot = snapshot;
    return snapshot;
  }
}

/**
 * A manifest as stored. It was checked when applied; one that this version cannot read
 * stops the start or the reload, since leaving a policy out could open what it closes.
 */
function parseStored(text: string): ParsedResource {
  const file = parseManifest(text);
  const [manifest] = file.manifests;
  const parsed = manifest === undefined ? undefined : parseResource(manifest);
  const problems = [...file.problems(), ...(parsed?.ok === false ? parsed.problems : [])];
  if (parsed?.ok === true && problems.length === 0) return parsed.resource;
  const what = manifest === undefined ? 'manifest' : `${manifest.kind} ${manifest.name}`;
  throw new Error(`the stored ${what} cannot be read: ${problems[0]?.message ?? 'it is empty'}`);
}

export interface ResourceChange {
  readonly kind: ResourceKindName;
  readonly name: string;
  readonly manifest: string;
  readonly digest: string;
  readonly changedAt: Date;
  readonly changedBy: string;
}

/** Stores a new version and its history; gives the version's number. Count the change afterwards. */
export async function writeResource(queries: Queries, change: ResourceChange): Promise<number> {
  const { kind, name, manifest, digest, changedAt, changedBy } = change;
  const newest = await queries.resourceVersion.aggregate({ where: { kind, name }, _max: { version: true } });
  const version = (newest._max.version ?? 0) + 1;
  const fields = { version, manifest, digest, updatedAt: changedAt, updatedBy: changedBy };
  await queries.resource.upsert({
    where: { kind_name: { kind, name } },
    create: { kind, name, ...fields },
    update: fields,
  });
  await queries.resourceVersion.create({ data: { kind, name, version, manifest, changedAt, changedBy } });
  return version;
}

/** Deletes the newest version and leaves the history; gives whether there was one. */
export async function deleteResource(
  queries: Queries,
  kind: ResourceKindName,
  name: string,
  changedAt: Date,
  changedBy: string,
): Promise<boolean> {
  const { count } = await queries.resource.deleteMany({ where: { kind, name } });
  if (count === 0) return false;
  const newest = await queries.resourceVersion.aggregate({ where: { kind, name }, _max: { version: true } });
  const version = (newest._max.version ?? 0) + 1;
  await queries.resourceVersion.create({
    data: { kind, name, version, manifest: null, changedAt, changedBy },
  });
  if (kind === 'Target') await queries.targetSecret.deleteMany({ where: { targetName: name } });
  await countChange(queries, 'resources');
  return true;
}
