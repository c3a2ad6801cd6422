import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { configJsonSchema } from './config-schema.ts';
import { byteSize, existingFile, port, secretFromFile } from './fields.ts';
import { readConfig } from './read-config.ts';

const directory = mkdtempSync(join(tmpdir(), 'sallyport-config-'));
afterAll(() => rmSync(directory, { recursive: true }));

const file = (name: string, text: string) => {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
};

const schema = z.strictObject({
  listen: z.strictObject({ host: z.string().default('127.0.0.1'), port: port().default(15432) }).prefault({}),
  maxStatementBytes: byteSize()
    .default(16 * 1024 * 1024)
    .describe('Largest statement, in bytes.'),
  servers: z.array(z.string()).default([]),
  passwordFile: secretFromFile().optional(),
  caFile: existingFile().optional(),
  allowPlaintext: z.boolean().default(false),
  name: z.string(),
});

const read = (argv: readonly string[], env: Record<string, string> = {}) =>
  readConfig({ name: 'demo', schema, argv, env });
const textOf = (outcome: ReturnType<typeof read>) => (outcome.kind === 'exit' ? outcome.text : 'ran');
const configOf = (outcome: ReturnType<typeof read>) => {
  if (outcome.kind === 'exit') throw new Error(outcome.text);
  return outcome.config;
};

describe('readConfig', () => {
  it('reads YAML, lets variables override it, and fills in defaults', () => {
    const path = file('good.yaml', 'name: a\nlisten:\n  port: 1\nmaxStatementBytes: 64Ki\n');
    const config = configOf(
      read(['--config', path], {
        SALLYPORT_LISTEN_PORT: '2',
        SALLYPORT_SERVERS: '[x, y]',
        SALLYPORT_ALLOW_PLAINTEXT: 'true',
        SALLYPORT_NAME: '007',
      }),
    );
    expect(config).toMatchObject({
      name: '007',
      listen: { host: '127.0.0.1', port: 2 },
      maxStatementBytes: 65_536,
      servers: ['x', 'y'],
      allowPlaintext: true,
    });
  });

  it('needs no file when variables say enough', () => {
    expect(configOf(read([], { SALLYPORT_NAME: 'x' })).name).toBe('x');
  });

  it('reports every problem at once, each with its line or variable', () => {
    const path = file('bad.yaml', 'listen:\n  port: 70000\n  hots: x\nmaxStatementByte: 1\nservers: x\n');
    const text = textOf(read([`--config=${path}`, '--frobnicate'], { SALLYPORT_ALLOW_PLAINTEXT: 'maybe' }));
    expect(text).toContain(`${path}:2: listen.port: `);
    expect(text).toContain(`${path}:3: unknown key "listen.hots"`);
    expect(text).toContain(`${path}:4: unknown key "maxStatementByte"`);
    expect(text).toContain(`${path}:5: servers: `);
    expect(text).toContain('SALLYPORT_ALLOW_PLAINTEXT: allowPlaintext: ');
    expect(text).toContain('name: is required');
    expect(text).toContain('unknown argument "--frobnicate"');
    expect(text.trimEnd().split('\n')).toHaveLength(7);
  });

  it('reports broken YAML and duplicate keys with their line, and does not guess the rest', () => {
    const path = file('twice.yaml', 'name: a\nlisten: {}\nname: b\n');
    expect(textOf(read(['--config', path]))).toBe(`error: ${path}:3: Map keys must be unique\n`);
    expect(textOf(read(['--config', file('broken.yaml', 'name: [a\n')]))).toMatch(/broken\.yaml:\d+: /);
  });

  it('says when the file cannot be read', () => {
    expect(textOf(read(['--config', join(directory, 'none.yaml')]))).toContain(
      'none.yaml: cannot be read (ENOENT)',
    );
    expect(textOf(read(['--config']))).toContain('--config needs a file');
  });

  it('gives a credential as a secret, and never shows it', () => {
    const path = file('password', 'hunter2\n');
    const outcome = read([], { SALLYPORT_NAME: 'x', SALLYPORT_PASSWORD_FILE: path });
    expect(configOf(outcome).passwordFile?.reveal()).toBe('hunter2');
    expect(JSON.stringify(outcome)).not.toContain('hunter2');
  });

  it('refuses an empty or missing credential file and a missing file', () => {
    const text = textOf(
      read([], {
        SALLYPORT_NAME: 'x',
        SALLYPORT_PASSWORD_FILE: file('empty', '\n'),
        SALLYPORT_CA_FILE: '/none',
      }),
    );
    expect(text).toContain('empty is empty');
    expect(text).toContain('there is no file at /none');
  });

  it('checks and ends with 0 or 1', () => {
    const good = read(['--check-config'], { SALLYPORT_NAME: 'x' });
    expect(good).toEqual({ kind: 'exit', code: 0, text: 'configuration is valid\n' });
    expect(read(['--check-config'])).toMatchObject({ kind: 'exit', code: 1 });
  });

  it('shows every setting with its variable, default and meaning', () => {
    const help = read(['--help']);
    expect(help).toMatchObject({ code: 0 });
    const text = textOf(help);
    expect(text).toContain('listen.port (integer; default 15432)');
    expect(text).toContain('SALLYPORT_MAX_STATEMENT_BYTES');
    expect(text).toContain('Largest statement, in bytes.');
    expect(text).toContain('name (string; required)');
  });

  it('refuses a schema that would let a misspelt key pass, and one with two settings for a variable', () => {
    const request = { name: 'x', argv: [], env: {} };
    expect(() =>
      readConfig({ ...request, schema: z.strictObject({ a: z.object({ b: z.string() }) }) }),
    ).toThrow(/not strict/);
    const twice = z.strictObject({ aB: z.string(), a: z.strictObject({ b: z.string() }) });
    expect(() => readConfig({ ...request, schema: twice })).toThrow(/share the variable SALLYPORT_A_B/);
  });

  it('exports a JSON schema of what people write', () => {
    expect(configJsonSchema(schema)).toMatchObject({
      type: 'object',
      additionalProperties: false,
      properties: { passwordFile: { type: 'string' }, listen: { properties: { port: { maximum: 65535 } } } },
    });
  });
});
