import { readFileSync, statSync } from 'node:fs';
import * as z from 'zod';
import { errorCode } from '../error-code.ts';
import { Secret } from '../secret.ts';

/** A TCP port, 1 to 65535; 0 asks the system for a free one. */
export const port = () => z.int().min(0).max(65_535);

/** A file that must exist when the service starts; gives its path. */
export const existingFile = () =>
  z
    .string()
    .min(1)
    .refine(isFile, { error: (issue) => `there is no file at ${String(issue.input)}` });

/**
 * The path of a file that holds a credential; gives the credential as a `Secret`,
 * one line end at its end removed. An empty file is an error: an empty credential
 * is never meant.
 */
export const secretFromFile = () =>
  z
    .string()
    .min(1)
    .transform((path, context) => {
      try {
        const value = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
        if (value !== '') return new Secret(value);
        context.addIssue(`${path} is empty`);
      } catch (error) {
        context.addIssue(`cannot read ${path}: ${reasonOf(error)}`);
      }
      return z.NEVER;
    });

const UNITS: Readonly<Record<string, number>> = { '': 1, Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3 };

/** A number of bytes: 4096, or with a binary unit, "64Ki", "64Mi", "2Gi". */
export const byteSize = () =>
  z.union([z.int().min(0), z.string()]).transform((value, context) => {
    if (typeof value === 'number') return value;
    const match = /^(\d+)(Ki|Mi|Gi)?$/.exec(value);
    const unit = UNITS[match?.[2] ?? ''];
    if (match !== null && unit !== undefined) return Number(match[1]) * unit;
    context.addIssue(`"${value}" is not a size; write bytes or a binary unit, such as 64Mi`);
    return z.NEVER;
  });

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function reasonOf(error: unknown): string {
  const code = errorCode(error);
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'permission denied';
  return code ?? 'unknown reason';
}
