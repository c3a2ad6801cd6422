import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new directory below the system's temporary one; disposing removes it with all in it. */
export interface TemporaryDirectory extends Disposable {
  readonly path: string;
  /** A path inside it. */
  join(...parts: readonly string[]): string;
  remove(): void;
}

export function temporaryDirectory(name = 'test'): TemporaryDirectory {
  const path = mkdtempSync(join(tmpdir(), `sallyport-${name}-`));
  const remove = () => rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  return { path, join: (...parts) => join(path, ...parts), remove, [Symbol.dispose]: remove };
}
