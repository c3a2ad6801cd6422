import { create } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { Durability, LimitScope } from '@sallyport/contracts/access';
import {
  AllowSchema,
  DenySchema,
  HoldSchema,
  LimitSchema,
  MaskSchema,
  RuleSchema,
  type Rule,
} from '@sallyport/contracts/policy';
import { compileCondition, type ConditionScope } from '../condition/condition.ts';
import { DEFAULT_HOLD_TIMEOUT_MS } from '../decide/compiled-rule.ts';
import { actionPatternProblem } from '../pattern/action-pattern.ts';
import { objectPatternProblem } from '../pattern/object-patterns.ts';
import type { ManifestMap } from './manifest-map.ts';
import { readSubject } from './read-subject.ts';
import { DETECTOR_NAMES, MASK_STRATEGIES, isDetectorName } from './vocabulary.ts';

/** A hold waits at least and at most this long. */
const HOLD_TIMEOUT_RANGE = { min: 1000, max: 24 * 3_600_000 };
const MAX_MESSAGE_LENGTH = 500;

const DURABILITIES = {
  written: Durability.WRITTEN,
  synced: Durability.SYNCED,
  acked: Durability.ACKED,
} as const;
const LIMIT_SCOPES = { statement: LimitScope.STATEMENT, session: LimitScope.SESSION } as const;

type Verb = Rule['verb'];
type VerbName = NonNullable<Verb['case']>;

const VERBS: Readonly<Record<VerbName, (map: ManifestMap) => Verb>> = {
  allow: readAllow,
  deny: readDeny,
  hold: readHold,
  mask: readMask,
  limit: readLimit,
};
const VERB_NAMES = ['allow', 'deny', 'hold', 'mask', 'limit'] as const satisfies readonly VerbName[];

function ruleNameProblem(name: string): string | undefined {
  return /^[A-Za-z0-9][-A-Za-z0-9._ ]{0,62}$/.test(name)
    ? undefined
    : 'the name of a rule has 1 to 63 letters, digits, spaces, "-", "_" and ".", and starts with a letter or digit';
}

/** Reads one rule: a name, exactly one verb, and a condition if there is one. */
export function readRule(map: ManifestMap): Rule {
  const name = map.text('name', { required: true, check: ruleNameProblem }) ?? '';
  map.text('description');
  const verbs = VERB_NAMES.filter((verb) => map.has(verb));
  if (verbs.length !== 1) {
    const found = verbs.length === 0 ? 'it has none' : `it has ${verbs.join(' and ')}`;
    map.problem(undefined, `a rule has exactly one of ${VERB_NAMES.join(', ')}, and ${found}`);
  }
  const read = verbs.map((verb) => map.map(verb, VERBS[verb]));
  const scope = verbs.includes('mask') || verbs.includes('limit') ? 'statement' : 'effect';
  return create(RuleSchema, {
    name,
    when: readCondition(map, scope),
    verb: read[0] ?? { case: undefined },
  });
}

function readCondition(map: ManifestMap, scope: ConditionScope): string {
  const when = map.text('when');
  if (when === undefined) return '';
  if (when.trim() === '') {
    map.problem('when', 'a condition is not empty; leave it out to mean always');
    return '';
  }
  const { problem } = compileCondition(when, scope);
  if (problem !== undefined) map.problemInText('when', problem.offset, problem.message);
  return when;
}

function readTargets(map: ManifestMap): { actions: string[]; objects: string[] } {
  const actions = map.texts('actions', { required: true, check: actionPatternProblem });
  const objects = map.texts('objects', { check: objectPatternProblem });
  // An empty list would mean every object, which its author hardly meant.
  if (map.has('objects') && objects.length === 0) {
    map.problem('objects', 'name an object, or leave objects out to mean every object');
  }
  return { actions: [...actions], objects: [...objects] };
}

function readMessage(map: ManifestMap): string {
  return map.text('message', { maxLength: MAX_MESSAGE_LENGTH }) ?? '';
}

function readAllow(map: ManifestMap): Verb {
  const durability = map.choice('durability', ['written', 'synced', 'acked']);
  const value = create(AllowSchema, {
    ...readTargets(map),
    durability: durability === undefined ? Durability.UNSPECIFIED : DURABILITIES[durability],
  });
  return { case: 'allow', value };
}

function readDeny(map: ManifestMap): Verb {
  return { case: 'deny', value: create(DenySchema, { ...readTargets(map), message: readMessage(map) }) };
}

function readHold(map: ManifestMap): Verb {
  const value = create(HoldSchema, {
    ...readTargets(map),
    approvers: [...map.maps('approvers', readSubject, { required: true, maxItems: 32 })],
    count: map.integer('count', { min: 1, max: 20 }) ?? 1,
    timeout: durationFromMs(map.duration('timeout', HOLD_TIMEOUT_RANGE) ?? DEFAULT_HOLD_TIMEOUT_MS),
    message: readMessage(map),
  });
  return { case: 'hold', value };
}

function detectorProblem(name: string): string | undefined {
  return isDetectorName(name) ? undefined : `"${name}" is not one of ${DETECTOR_NAMES.join(', ')}`;
}

function readMask(map: ManifestMap): Verb {
  const columns = map.texts('columns', { check: objectPatternProblem });
  const detectors = map.texts('detect', { check: detectorProblem });
  const strategy = map.choice('with', MASK_STRATEGIES) ?? 'redact';
  const keep = map.integer('keep', { min: 1, max: 64 });
  if (!map.has('columns') && !map.has('detect')) map.problem(undefined, 'name columns, or what to detect');
  if (keep !== undefined && strategy !== 'partial' && strategy !== 'truncate') {
    map.problem('keep', `keep goes with partial and truncate, not with ${strategy}`);
  }
  const value = create(MaskSchema, {
    columns: [...columns],
    detectors: [...detectors],
    strategy,
    keep: keep ?? 0,
  });
  return { case: 'mask', value };
}

function readLimit(map: ManifestMap): Verb {
  const rows = map.integer('rows', { min: 1 });
  const bytes = map.size('bytes');
  const scope = map.choice('per', ['statement', 'session'], { required: true });
  if (!map.has('rows') && !map.has('bytes')) map.problem(undefined, 'limit rows, bytes or both');
  if (bytes === 0n) map.problem('bytes', 'must be at least 1');
  const value = create(LimitSchema, {
    scope: scope === undefined ? LimitScope.UNSPECIFIED : LIMIT_SCOPES[scope],
    rows: BigInt(rows ?? 0),
    bytes: bytes ?? 0n,
  });
  return { case: 'limit', value };
}
