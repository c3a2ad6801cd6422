import { StatementOutcome } from '@sallyport/contracts/event';
import type { AccessError } from '@sallyport/errors';
import type { ForwardedStatement } from '@sallyport/proxy-kit';
import type { StatementRun } from '../../stages/record/statement-run.ts';
import { ContentDigest } from './content-digest.ts';
import type { ResolvedPath } from './sftp-ask.ts';

export interface OpenFileOptions {
  readonly path: ResolvedPath;
  readonly isFolder: boolean;
  readonly canRead: boolean;
  readonly canWrite: boolean;
  /** The opening, which everything on the handle belongs to. */
  readonly forwarded: ForwardedStatement;
  readonly run: StatementRun;
  readonly captureBytes: number;
}

/** What a handle of the target stands for: an opening that was decided on, and the content that passed since. */
export class OpenFile {
  readonly path: ResolvedPath;
  readonly isFolder: boolean;
  readonly canRead: boolean;
  readonly canWrite: boolean;
  readonly forwarded: ForwardedStatement;
  readonly run: StatementRun;
  readonly read: ContentDigest;
  readonly written: ContentDigest;
  /** Set once a limit is reached: nothing more of it goes to the caller. */
  exceeded: AccessError | null = null;

  constructor(options: OpenFileOptions) {
    this.path = options.path;
    this.isFolder = options.isFolder;
    this.canRead = options.canRead;
    this.canWrite = options.canWrite;
    this.forwarded = options.forwarded;
    this.run = options.run;
    this.read = new ContentDigest(options.captureBytes);
    this.written = new ContentDigest(options.captureBytes);
  }

  /** The end of its statement, with what passed. `failure`: the target's own word, "status 4"; null: none. */
  finish(outcome: StatementOutcome, failure: string | null): void {
    const parts = [
      this.read.summary('read'),
      this.written.summary('written'),
      this.exceeded?.code ?? null,
      failure,
    ];
    const ended = this.exceeded === null ? outcome : StatementOutcome.CUT_OFF;
    this.run.finish(ended, parts.filter((part) => part !== null).join(', '));
  }
}
