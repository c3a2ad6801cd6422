import { file_google_protobuf_timestamp } from '@bufbuild/protobuf/wkt';
import {
  EventSchema,
  SealSchema,
  SealBodySchema,
  SessionCertificateBodySchema,
} from '@sallyport/contracts/event';
import { RecorderCertificateBodySchema } from '@sallyport/contracts/event';
import { Sensitivity } from '@sallyport/contracts/options';
import { describe, expect, it } from '@jest/globals';
import { classifyFields, sensitivityOf } from './sensitivity.ts';

const recorded = [
  EventSchema,
  SealSchema,
  SealBodySchema,
  SessionCertificateBodySchema,
  RecorderCertificateBodySchema,
];

describe('classification of recorded fields', () => {
  it('leaves no field of a recording unclassified', () => {
    const fields = recorded.flatMap(classifyFields);
    expect(fields.length).toBeGreaterThan(100);
    expect(fields.filter((field) => !field.classified).map((field) => field.field)).toEqual([]);
  });

  it('lets no field be recorded that must never be in clear', () => {
    const secret = recorded
      .flatMap(classifyFields)
      .filter((field) => field.sensitivity === Sensitivity.SECRET);
    expect(secret).toEqual([]);
  });

  it('keeps statement text, parameters, results and claims from those who may not read recordings', () => {
    const sensitive = classifyFields(EventSchema).filter(
      (field) => field.sensitivity === Sensitivity.SENSITIVE,
    );
    expect(sensitive.map((field) => field.field)).toEqual(
      expect.arrayContaining([
        'sallyport.event.v1.Output.data',
        'sallyport.event.v1.Input.data',
        'sallyport.access.v1.Statement.text',
        'sallyport.access.v1.Statement.parameters',
        'sallyport.access.v1.Principal.claims',
      ]),
    );
  });

  it('counts a field that nobody classified as secret', () => {
    const seconds = file_google_protobuf_timestamp.messages[0]?.fields[0];
    if (seconds === undefined) throw new Error('Timestamp has fields');
    expect(sensitivityOf(seconds)).toBe(Sensitivity.SECRET);
  });
});
