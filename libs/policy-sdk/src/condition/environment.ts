import { Environment } from '@marcbachmann/cel-js';

/** Longest expression that is accepted, in characters. */
export const MAX_EXPRESSION_LENGTH = 2048;

const LIMITS = {
  maxAstNodes: 512,
  maxDepth: 32,
  maxListElements: 128,
  maxMapEntries: 0,
  maxCallArguments: 8,
};

/**
 * The context of conditions, as cel-js types. docs/reference/policy.md lists
 * it for authors; a spec keeps both alike.
 */
export const CONTEXT_TYPES = {
  Delegate: { id: 'string', name: 'string', kind: 'string' },
  Principal: {
    id: 'string',
    name: 'string',
    kind: 'string',
    issuer: 'string',
    subject: 'string',
    groups: 'list<string>',
    claims: 'map<string, dyn>',
    delegates: 'list<Delegate>',
    delegationDepth: 'int',
  },
  Target: { name: 'string', protocol: 'string', labels: 'map<string, string>' },
  Session: {
    id: 'string',
    clientAddress: 'string',
    clientName: 'string',
    openedAt: 'google.protobuf.Timestamp',
  },
  EffectObject: { kind: 'string', name: 'string', parts: 'list<string>' },
  Effect: { action: 'string', readOnly: 'bool', objects: 'list<EffectObject>' },
  Statement: {
    kind: 'string',
    text: 'string',
    effectiveRole: 'string',
    parameters: 'list<dyn>',
    effects: 'list<Effect>',
  },
  Time: { now: 'google.protobuf.Timestamp' },
} as const;

/** The type of each root. `effect` is there only where a rule is asked once for each effect. */
export const ROOT_TYPES = {
  principal: 'Principal',
  target: 'Target',
  session: 'Session',
  statement: 'Statement',
  effect: 'Effect',
  fields: 'map<string, dyn>',
  time: 'Time',
} as const;

function createEnvironment(withEffect: boolean): Environment {
  const environment = new Environment({ limits: LIMITS });
  for (const [name, fields] of Object.entries(CONTEXT_TYPES)) environment.registerType(name, { fields });
  for (const [name, type] of Object.entries(ROOT_TYPES)) {
    if (withEffect || name !== 'effect') environment.registerVariable(name, type);
  }
  return environment.registerFunction('string.inNetwork(string): bool', () => false);
}

/** Parses and type-checks only; conditions are evaluated by compile-condition.ts, which bounds their work. */
export const effectEnvironment = createEnvironment(true);
export const statementEnvironment = createEnvironment(false);
