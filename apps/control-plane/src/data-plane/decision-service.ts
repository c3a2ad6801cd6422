import type { DecisionService } from '@sallyport/contracts/dataplane';
import { AccessError } from '@sallyport/errors';
import type { ServiceImplementation } from '@sallyport/service-kit';
import type { Database } from '../database/database.ts';
import { decideStatement } from '../policies/decide-statement.ts';
import type { ResourceStore } from '../resources/resource-store.ts';
import { requireLiveSession } from '../sessions/live-session.ts';
import { requireComponent } from './peer.ts';

export interface DecisionServiceOptions {
  readonly database: Database;
  readonly resources: ResourceStore;
  readonly now: () => Date;
}

export function createDecisionService({
  database,
  resources,
  now,
}: DecisionServiceOptions): ServiceImplementation<typeof DecisionService> {
  return {
    decide: async ({ sessionId, statement }, context) => {
      const proxyId = requireComponent(context, 'proxy');
      if (statement === undefined)
        throw new AccessError('protocol_violation', 'There is no statement to decide on.');
      const at = now();
      const live = await requireLiveSession(database, resources, proxyId, sessionId, at);
      return { decision: decideStatement(live, statement, at) };
    },
  };
}
