import { create, toBinary } from '@bufbuild/protobuf';
import { DecisionSchema, Outcome, StatementSchema, type Decision } from '@sallyport/contracts/access';
import type { DecidedStatement, StatementParameter, StatementShape } from '../decide/decided-statement.ts';
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
const PARAMETER_NAME_TAG = tag(1);
const PARAMETER_TYPE_TAG = tag(2);
const PARAMETER_TEXT_TAG = tag(3);
const PARAMETER_BINARY_TAG = tag(4);

const NO_DIGEST = new Uint8Array();

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
  // Nothing is bound to a statement that is simply allowed or denied.
  const digest = decided.decision.outcome === Outcome.HOLD ? request.digest() : NO_DIGEST;
  const shape = encodedShape(decided);
  const textBytes = Buffer.byteLength(request.text, 'utf8');
  const { parameters } = request;
  const parameterSizes = parameters.map(parameterBytes);
  let statementBytes =
    fieldBytes(request.id.length) +
    fieldBytes(textBytes) +
    (digest.length === 0 ? 0 : fieldBytes(digest.length)) +
    shape.length;
  for (const size of parameterSizes) statementBytes += fieldBytes(size);
  const out = Buffer.allocUnsafe(fieldBytes(statementBytes) + encodedDecision.length);
  let at = writeHead(out, 0, STATEMENT_TAG, statementBytes);
  at = writeHead(out, at, ID_TAG, request.id.length);
  at += out.write(request.id, at, 'latin1');
  at = writeHead(out, at, TEXT_TAG, textBytes);
  at += out.write(request.text, at, 'utf8');
  parameters.forEach((parameter, index) => {
    at = writeParameter(out, writeHead(out, at, PARAMETER_TAG, parameterSizes[index] ?? 0), parameter);
  });
  if (digest.length > 0) at = writeField(out, at, DIGEST_TAG, digest);
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

function parameterBytes({ name, type, value }: StatementParameter): number {
  const head = fieldBytes(name.length) + (type === '' ? 0 : fieldBytes(type.length));
  if (value === null) return head;
  return head + fieldBytes(typeof value === 'string' ? Buffer.byteLength(value, 'utf8') : value.length);
}

function writeParameter(out: Buffer, start: number, { name, type, value }: StatementParameter): number {
  let at = writeHead(out, start, PARAMETER_NAME_TAG, name.length);
  at += out.write(name, at, 'latin1');
  if (type !== '') {
    at = writeHead(out, at, PARAMETER_TYPE_TAG, type.length);
    at += out.write(type, at, 'latin1');
  }
  if (value === null) return at;
  if (typeof value !== 'string') return writeField(out, at, PARAMETER_BINARY_TAG, value);
  at = writeHead(out, at, PARAMETER_TEXT_TAG, Buffer.byteLength(value, 'utf8'));
  return at + out.write(value, at, 'utf8');
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
