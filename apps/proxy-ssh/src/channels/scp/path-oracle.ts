/** Asks the target where paths lead, on an SFTP channel of the door's own beside a legacy copy. */
import { AccessError } from '@sallyport/errors';
import type { ForwardPermit } from '@sallyport/proxy-kit';
import { StatementOutcome } from '@sallyport/contracts/event';
import type { ChannelHandler } from '../../connection/channel-end.ts';
import type { UpstreamConnection } from '../../connection/upstream-connection.ts';
import { UpstreamEnd } from '../../connection/upstream-end.ts';
import type { StatementRun } from '../../stages/record/statement-run.ts';
import { resolvePath } from '../sftp/resolve-path.ts';
import type { ResolvedPath } from '../sftp/sftp-ask.ts';
import type { PathUse } from '../sftp/sftp-operation.ts';
import { pathText } from '../sftp/sftp-path.ts';
import { SftpTarget } from '../sftp/sftp-target.ts';

export class PathOracle {
  readonly #run: StatementRun;
  readonly #target: SftpTarget;
  #upstream: UpstreamEnd | null = null;
  #start: string | null = null;

  private constructor(run: StatementRun) {
    this.#run = run;
    this.#target = new SftpTarget({
      onOwnBytes: () => undefined,
      give: (bytes) => {
        this.#upstream?.handedOn(bytes);
        this.#upstream?.refill();
      },
    });
  }

  /** Never rejects: a target without SFTP is asked nothing, and only absolute paths can be decided on then. */
  static async open(
    upstream: UpstreamConnection,
    permit: ForwardPermit,
    run: StatementRun,
  ): Promise<PathOracle> {
    const oracle = new PathOracle(run);
    await new Promise<void>((resolve) => {
      upstream.openSession(permit, oracle.#handler(), (opened) => {
        if (opened instanceof UpstreamEnd) oracle.#attach(opened, permit);
        else oracle.#target.end();
        resolve();
      });
    });
    await oracle.#begin();
    return oracle;
  }

  resolve(use: PathUse): Promise<ResolvedPath> {
    return resolvePath(this.#target, this.#start, use);
  }

  close(): void {
    this.#target.end();
    this.#run.finish(StatementOutcome.COMPLETED, '');
    this.#upstream?.close();
  }

  #attach(opened: UpstreamEnd, permit: ForwardPermit): void {
    this.#upstream = opened;
    opened.begin(permit, { kind: 'subsystem', name: 'sftp' }, (success) => {
      if (!success) this.close();
    });
    this.#target.greet(opened.stream);
  }

  async #begin(): Promise<void> {
    try {
      await this.#target.version;
      const start = await this.#target.realPath(Buffer.from('.'));
      this.#start = start === null ? null : pathText(start);
    } catch (thrown) {
      if (!(thrown instanceof AccessError)) throw thrown;
      // It serves no SFTP that is understood.
      this.close();
    }
  }

  #handler(): ChannelHandler {
    return {
      onData: (data, dataType) => {
        if (dataType === null) this.#receive(data);
        else this.#upstream?.handedOn(data.length);
      },
      onEof: () => {
        this.close();
      },
      onRequest: ({ wantReply }) => {
        if (wantReply) this.#upstream?.reply(false);
      },
      onReply: (success) => {
        this.#upstream?.replied(success);
      },
      onClose: () => {
        this.close();
      },
      onSent: () => undefined,
      onLost: () => {
        this.close();
      },
    };
  }

  #receive(data: Buffer): void {
    try {
      this.#target.receive(data);
    } catch (thrown) {
      if (!(thrown instanceof AccessError)) throw thrown;
      this.close();
    }
  }
}
