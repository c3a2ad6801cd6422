import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { DecisionSchema, PrincipalSchema, StatementSchema, TargetSchema } from '@sallyport/contracts/access';
import {
  HoldOutcomeSchema,
  StatementFinishedSchema,
  StatementOutcomeSchema,
  type StatementFinished,
} from '@sallyport/contracts/event';
import type { StatementHold, StatementItem, TimelineItem } from '@sallyport/recording-format';
import { enumWords, messageJson } from '../output/message-json.ts';
import type { AnswerPart } from './answer.ts';
import type { AnswerDecoder } from './answer-decoder.ts';

/** One item of the timeline as a JSON object; docs/reference/cli.md has its form. */
export function timelineJson(item: TimelineItem, decoder: AnswerDecoder): JsonValue {
  const at = { type: item.type, sequence: item.sequence, time: isoTime(item.timeUnixUs) };
  switch (item.type) {
    case 'opened': {
      const {
        principal,
        target,
        proxyId,
        clientAddress,
        clientName,
        policyRevision,
        exceptions,
        attributes,
      } = item.opened;
      return {
        ...at,
        principal: principal === undefined ? null : messageJson(PrincipalSchema, principal),
        target: target === undefined ? null : messageJson(TargetSchema, target),
        proxyId,
        clientAddress,
        clientName,
        policyRevision,
        exceptions,
        attributes,
      };
    }
    case 'statement':
      return { ...at, ...statementJson(item, decoder) };
    case 'output':
    case 'input':
      return { ...at, channel: item.channel, answer: decoder.decode([item]).map(partJson) };
    case 'policy-changed':
      return { ...at, policyRevision: item.changed.policyRevision };
    case 'closed':
      return { ...at, reason: item.closed.reason };
  }
}

function statementJson(item: StatementItem, decoder: AnswerDecoder): JsonObject {
  const { statement, decision } = item.decided;
  return {
    statement: statement === undefined ? null : messageJson(StatementSchema, statement),
    decision: decision === undefined ? null : messageJson(DecisionSchema, decision),
    holds: item.holds.map(holdJson),
    inputBytes: item.inputs.reduce((sum, { data }) => sum + data.length, 0),
    answer: decoder.decode(item.outputs).map(partJson),
    omittedBytes: item.omittedBytes,
    finished: item.finished === undefined ? null : finishedJson(item.finished),
  };
}

function finishedJson(finished: StatementFinished): JsonValue {
  const json = messageJson(StatementFinishedSchema, finished);
  const outcome = enumWords(StatementOutcomeSchema, finished.outcome);
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? { ...json, outcome } : json;
}

function holdJson({ created, settled }: StatementHold): JsonValue {
  return {
    holdId: created.holdId,
    createdAt: isoTime(created.at.timeUnixUs),
    settledAt: settled === undefined ? null : isoTime(settled.at.timeUnixUs),
    outcome: settled === undefined ? null : enumWords(HoldOutcomeSchema, settled.outcome),
    reviewers: (settled?.reviewers ?? []).map(({ principalId, name, approved, comment }) => ({
      principalId,
      name,
      approved,
      comment,
    })),
  };
}

function partJson(part: AnswerPart): JsonValue {
  switch (part.kind) {
    case 'rows':
      return { kind: part.kind, columns: [...part.columns], rows: part.rows.map((row) => [...row]) };
    case 'message':
      return { ...part, details: [...part.details] };
    case 'done':
    case 'text':
    case 'hidden':
      return { ...part };
  }
}

function isoTime(unixUs: number): string {
  const date = new Date(unixUs / 1000);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}
