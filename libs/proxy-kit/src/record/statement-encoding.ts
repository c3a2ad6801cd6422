import { create, toBinary } from '@bufbuild/protobuf';
import { DecisionSchema, ParameterSchema, StatementSchema, type Decision } from '@sallyport/contracts/access';
import type { DecidedStatement, StatementShape } from '../decide/decided-statement.ts';
import { toStatement } from './to-statement.ts';

/*
 * StatementDecided by hand: what a shape and a cached decision have in common
 * for all their statements is encoded once; only id, text, parameters and
 * digest are written each time. The spec compares with protobuf-es.
 */

const WIRE_LENGTH_DELIMITED = 2;
const tag = (field: number) => (field << 3) | WIRE_LENGTH_DELIMITED;

const STATEMENT_TAG = tag(1);
const DECISION_TAG = tag(2);
const ID_TAG = tag(1);
const TEXT_TAG = tag(3);
const PARAMETER_TAG = tag(4);
const DIGEST_TAG = tag(8);

const shapes = new WeakMap<StatementShape, Uint8Array>();

/** `Decision` as field 2 of StatementDecided, tag and length included. */
export function encodeDecisionField(decision: Decision): Uint8Array {
  const body = toBinary(DecisionSchema, decision);
  const field = Buffer.allocUnsafe(1 + varintBytes(body.length) + body.length);
  let at = writeHead(field, 0, DECISION_TAG, body.length);
  field.set(body, at);
  at += body.length;
  return field.subarray(0, at);
}

/** The body of a StatementDecided event. */
export function encodeStatementDecided(decided: DecidedStatement): Uint8Array {
  const { request, encodedDecision } = decided;
  const shape = encodedShape(decided);
  const textBytes = Buffer.byteLength(request.text, 'utf8');
  const parameters = request.parameters.map((parameter) => toBinary(ParameterSchema, parameter));
  let statementBytes =
    fieldBytes(request.id.length) + fieldBytes(textBytes) + fieldBytes(request.digest.length) + shape.length;
  for (const parameter of parameters) statementBytes += fieldBytes(parameter.length);
  const out = Buffer.allocUnsafe(fieldBytes(statementBytes) + encodedDecision.length);
  let at = writeHead(out, 0, STATEMENT_TAG, statementBytes);
  at = writeHead(out, at, ID_TAG, request.id.length);
  at += out.write(request.id, at, 'latin1');
  at = writeHead(out, at, TEXT_TAG, textBytes);
  at += out.write(request.text, at, 'utf8');
  for (const parameter of parameters) at = writeField(out, at, PARAMETER_TAG, parameter);
  at = writeField(out, at, DIGEST_TAG, request.digest);
  out.set(shape, at);
  at += shape.length;
  out.set(encodedDecision, at);
  return out;
}

function encodedShape(decided: DecidedStatement): Uint8Array {
  const { request } = decided;
  // Fields belong to the one statement, so such a statement's rest is not kept.
  const known = request.fields === undefined ? shapes.get(request.shape) : undefined;
  if (known !== undefined) return known;
  const whole = toStatement(request);
  const rest = create(StatementSchema, {
    kind: whole.kind,
    effects: whole.effects,
    effectiveRole: whole.effectiveRole,
    ...(request.fields === undefined ? {} : { fields: request.fields }),
  });
  const encoded = toBinary(StatementSchema, rest);
  if (request.fields === undefined) shapes.set(request.shape, encoded);
  return encoded;
}

function fieldBytes(length: number): number {
  return 1 + varintBytes(length) + length;
}

function varintBytes(value: number): number {
  let count = 1;
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 128)) count++;
  return count;
}

function writeHead(out: Buffer, at: number, fieldTag: number, length: number): number {
  out[at++] = fieldTag;
  let rest = length;
  while (rest > 0x7f) {
    out[at++] = (rest & 0x7f) | 0x80;
    rest = Math.floor(rest / 128);
  }
  out[at++] = rest;
  return at;
}

function writeField(out: Buffer, at: number, fieldTag: number, value: Uint8Array): number {
  const start = writeHead(out, at, fieldTag, value.length);
  out.set(value, start);
  return start + value.length;
}
