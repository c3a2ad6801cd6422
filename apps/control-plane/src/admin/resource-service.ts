import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import {
  AppliedChange,
  ResourceSchema,
  type Resource,
  type ResourceService,
} from '@sallyport/contracts/admin';
import type { Logger } from '@sallyport/service-kit';
import { applyManifest, type ApplyContext } from '../resources/apply-manifest.ts';
import type { ResourceKindName } from '../resources/manifest.ts';
import { RESOURCE_KINDS, resourceKindName } from '../resources/resource-kind.ts';
import { deleteResource } from '../resources/resource-store.ts';
import { callerOf } from './caller.ts';
import { invalidArgument, notFound, permissionDenied } from './connect-error.ts';

export interface ResourceServiceOptions extends ApplyContext {
  readonly logger: Logger;
  readonly nudge: () => void;
}

/** Declarative objects: apply, show, delete. */
export function createResourceService(options: ResourceServiceOptions): ServiceImpl<typeof ResourceService> {
  const { prisma } = options.database;
  return {
    apply: async ({ manifest, dryRun }, context) => {
      const { principal, permissions } = callerOf(context);
      const response = await applyManifest(options, {
        manifest,
        dryRun,
        actor: principal.name,
        may: (permission) => permissions.has(permission),
      });
      const changed = response.applied.filter(({ change }) => change !== AppliedChange.UNCHANGED);
      if (!dryRun && changed.length > 0) {
        options.logger.info('resources changed', {
          actor: principal.id,
          changed: changed.map(({ kind, name, version }) => `${kind}/${name}@${String(version)}`),
        });
        options.nudge();
      }
      return response;
    },
    getResource: async ({ kind, name }) => {
      const row = await prisma.resource.findUnique({
        where: { kind_name: { kind: requireKind(kind), name } },
      });
      if (row === null) throw notFound(`There is no ${kind} ${name}.`);
      return { resource: toResource(row) };
    },
    listResources: async ({ kind }) => {
      const where = kind === '' ? {} : { kind: requireKind(kind) };
      const rows = await prisma.resource.findMany({ where, orderBy: [{ kind: 'asc' }, { name: 'asc' }] });
      return { resources: rows.map(toResource) };
    },
    deleteResource: async ({ kind: kindText, name }, context) => {
      const { principal, permissions } = callerOf(context);
      const kind = requireKind(kindText);
      const { permission } = RESOURCE_KINDS[kind];
      if (!permissions.has(permission)) throw permissionDenied(`This takes the admin right "${permission}".`);
      const deleted = await prisma.$transaction((queries) =>
        deleteResource(queries, kind, name, options.now(), principal.name),
      );
      if (!deleted) throw notFound(`There is no ${kind} ${name}.`);
      options.logger.info('resource deleted', { actor: principal.id, kind, name });
      options.nudge();
      return {};
    },
  };
}

function requireKind(kind: string): ResourceKindName {
  const name = resourceKindName(kind);
  if (name === undefined)
    throw invalidArgument(`There is no kind "${kind}"; known are ${Object.keys(RESOURCE_KINDS).join(', ')}.`);
  return name;
}

function toResource({
  kind,
  name,
  version,
  manifest,
  updatedAt,
  updatedBy,
}: {
  kind: string;
  name: string;
  version: number;
  manifest: string;
  updatedAt: Date;
  updatedBy: string;
}): Resource {
  return create(ResourceSchema, {
    kind,
    name,
    version,
    manifest,
    updatedAt: timestampFromDate(updatedAt),
    updatedBy,
  });
}
