import {
  BACKEND_RULES,
  BackendType,
  decodeDataRow,
  decodeErrorResponse,
  encodeQuery,
  FrameScanner,
  type ScannedPart,
} from '@sallyport/codec-postgres';
import { AccessError } from '@sallyport/errors';

/** The part of an upstream connection that queries need. */
export interface QueryLink {
  readonly socket: {
    write(bytes: Uint8Array): boolean;
    destroy(): unknown;
    once(event: 'close', listener: () => void): unknown;
  };
  setReader(reader: (chunk: Buffer) => void): void;
}

export type QueryRows = (string | null)[][];

const ROWS = { treatment: 'each', maxBytes: 64 * 1024 * 1024 } as const;

/** Runs queries of the proxy's own, one at a time, on a connection that no caller shares. */
export class QueryConnection {
  readonly #link: QueryLink;
  readonly #scanner = new FrameScanner(BACKEND_RULES);
  #waiting: {
    rows: QueryRows;
    failure: AccessError | null;
    settle: (outcome: QueryRows | AccessError) => void;
  } | null = null;
  #closed = false;

  constructor(link: QueryLink) {
    this.#link = link;
    this.#scanner.setRule(BackendType.DataRow, ROWS);
    link.setReader((chunk) => {
      this.#onData(chunk);
    });
    link.socket.once('close', () => {
      this.#closed = true;
      this.#waiting?.settle(lost());
    });
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** @throws AccessError target_closed, target_unreachable */
  async query(sql: string, timeoutMs: number): Promise<QueryRows> {
    if (this.#closed || this.#waiting !== null) throw lost();
    const outcome = await new Promise<QueryRows | AccessError>((resolve) => {
      const timer = setTimeout(() => {
        this.close();
        settle(lost());
      }, timeoutMs);
      const settle = (result: QueryRows | AccessError) => {
        clearTimeout(timer);
        this.#waiting = null;
        resolve(result);
      };
      this.#waiting = { rows: [], failure: null, settle };
      this.#link.socket.write(encodeQuery(sql));
    });
    if (outcome instanceof AccessError) throw outcome;
    return outcome;
  }

  close(): void {
    this.#closed = true;
    this.#link.socket.destroy();
  }

  #onData(chunk: Buffer): void {
    try {
      this.#scanner.push(chunk);
      for (let part = this.#scanner.next(); part !== null; part = this.#scanner.next()) this.#take(part);
    } catch {
      // A server that does not follow the protocol is as good as gone.
      this.close();
      this.#waiting?.settle(lost());
    }
  }

  #take(part: ScannedPart): void {
    const waiting = this.#waiting;
    if (waiting === null) return;
    switch (part.type) {
      case BackendType.DataRow:
        waiting.rows.push(decodeDataRow(part).values.map((value) => value?.toString('utf8') ?? null));
        return;
      case BackendType.ErrorResponse: {
        const state = decodeErrorResponse(part).fields.code ?? '';
        waiting.failure = new AccessError(
          'target_unreachable',
          `The target did not answer a query of Sallyport's own (SQLSTATE ${state}).`,
        );
        return;
      }
      case BackendType.ReadyForQuery:
        waiting.settle(waiting.failure ?? waiting.rows);
        return;
      default:
        return;
    }
  }
}

function lost(): AccessError {
  return new AccessError('target_closed', 'The connection that reads the catalog of the target was lost.');
}
