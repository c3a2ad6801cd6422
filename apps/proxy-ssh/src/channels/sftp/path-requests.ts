/** Requests that name paths: each is decided on. */
import {
  decodeSftpResponse,
  hasUnknownOpenFlags,
  SftpStatus,
  SftpType,
  sftpPacketType,
} from '@sallyport/codec-ssh';
import { StatementOutcome } from '@sallyport/contracts/event';
import type { ForwardedStatement, ForwardPermit } from '@sallyport/proxy-kit';
import type { StatementRun } from '../../stages/record/statement-run.ts';
import { decideAsk, decideInTurn, finishByStatus } from './decide-operation.ts';
import { OpenFile } from './open-file.ts';
import { resolvedAs } from './resolve-path.ts';
import { operationAsk, type ResolvedPath } from './sftp-ask.ts';
import type { AskedRequest, SftpExchange, Ticket } from './sftp-exchange.ts';
import type { SftpOperation } from './sftp-operation.ts';
import { onlyName } from './sftp-target.ts';

/** One request on paths, from its turn to its answer. Never rejects for what a caller did. */
export async function runPathRequest(
  exchange: SftpExchange,
  ticket: Ticket,
  request: AskedRequest,
  operation: SftpOperation,
): Promise<void> {
  if (request.type === 'OPEN' && hasUnknownOpenFlags(request.flags)) {
    exchange.toTarget.pass(() => {
      exchange.status(ticket, SftpStatus.OP_UNSUPPORTED, 'sallyport: what the flags do is not known');
    });
    return;
  }
  const before = exchange.changes.settled();
  let changed = operation.changesNames ? exchange.changes.begin() : () => undefined;
  let paths: readonly ResolvedPath[] = [];
  await decideInTurn(
    exchange,
    async () => {
      await before;
      paths = await Promise.all(operation.paths.map((use) => exchange.resolve(use)));
      return operationAsk(operation, paths);
    },
    {
      onHeld: () => {
        changed();
        changed = () => undefined;
      },
      refused: (error) => {
        changed();
        exchange.refuse(ticket, error);
      },
      permitted: (permit, run) => {
        forwardPermitted(exchange, { ticket, request, operation, paths, permit, run, changed });
      },
    },
  );
}

interface Permitted {
  readonly ticket: Ticket;
  readonly request: AskedRequest;
  readonly operation: SftpOperation;
  readonly paths: readonly ResolvedPath[];
  readonly permit: ForwardPermit;
  readonly run: StatementRun;
  readonly changed: () => void;
}

function forwardPermitted(exchange: SftpExchange, permitted: Permitted): void {
  const { ticket, permit, run, operation, changed } = permitted;
  // One that waited for approval is a change again from now on.
  const changedLater = operation.changesNames ? exchange.changes.begin() : () => undefined;
  const forwarded = exchange.forward(
    ticket,
    (packet) => exchange.stream.send(permit, packet),
    (reply, credit) => {
      changed();
      changedLater();
      const response = responseOf(reply);
      if (response?.type === 'HANDLE') opened(exchange, permitted, forwarded, response.handle);
      else if (response?.type === 'STATUS') finishByStatus(run, response.code);
      else run.finish(StatementOutcome.COMPLETED, '');
      exchange.answer(reply, credit);
    },
  );
}

/** Decoded, where it is short and says what became of the request. */
function responseOf(reply: Buffer) {
  const type = sftpPacketType(reply);
  return type === SftpType.HANDLE || type === SftpType.STATUS ? decodeSftpResponse(reply) : null;
}

function opened(
  exchange: SftpExchange,
  { request, operation, paths, run }: Permitted,
  forwarded: ForwardedStatement,
  handle: Buffer,
): void {
  const [path] = paths;
  if (path === undefined || (request.type !== 'OPEN' && request.type !== 'OPENDIR')) {
    run.finish(StatementOutcome.FAILED, 'a handle that was not asked for');
    return;
  }
  const does = (action: string) => operation.actions.some((each) => each.action === action);
  const key = handle.toString('latin1');
  exchange.files.get(key)?.finish(StatementOutcome.CUT_OFF, 'its handle came again');
  exchange.files.set(
    key,
    new OpenFile({
      path,
      isFolder: request.type === 'OPENDIR',
      canRead: does('ssh.sftp.read'),
      canWrite: does('ssh.sftp.write'),
      forwarded,
      run,
      captureBytes: exchange.core.config.limits.fileCaptureBytes,
    }),
  );
}

/**
 * REALPATH and its like: the target is asked, since only it knows; what it says
 * is decided on before the caller hears of it. Where the channel begins anyone
 * on it may know.
 */
export function runNameLookUp(
  exchange: SftpExchange,
  ticket: Ticket,
  name: string,
  path: Buffer | null,
): void {
  const asked = path === null ? null : Buffer.from(path);
  const before = exchange.changes.settled();
  const ready = exchange.toTarget.wait();
  const forward = () => {
    if (exchange.isOver) return;
    exchange.forward(
      ticket,
      (packet) => {
        exchange.stream.proceed(exchange.session, packet);
      },
      (reply, credit) => {
        const answer = onlyName(decodeSftpResponse(reply));
        exchange.watch(answerLookUp(exchange, ticket, { name, path: asked, answer, reply, credit }));
      },
    );
  };
  exchange.watch(
    before.then(() => {
      ready(forward);
    }),
  );
}

interface LookUp {
  readonly name: string;
  readonly path: Buffer | null;
  readonly answer: Buffer | null;
  readonly reply: Buffer;
  readonly credit: number;
}

async function answerLookUp(exchange: SftpExchange, ticket: Ticket, lookUp: LookUp): Promise<void> {
  const { name, path, answer, reply, credit } = lookUp;
  const where = path === null ? null : resolvedAs(path, answer, exchange.start);
  const real = answer === null ? null : resolvedAs(answer, answer, exchange.start);
  const asked = where ?? real;
  if (asked === null || (real !== null && real.named === exchange.start && asked.named === exchange.start)) {
    exchange.answer(reply, credit);
    return;
  }
  const operation: SftpOperation = {
    name,
    paths: [],
    actions: [{ action: 'ssh.sftp.list', on: [0] }],
    details: {},
    changesNames: false,
  };
  const verdict = await decideAsk(exchange, operationAsk(operation, [asked]), () => undefined);
  if (exchange.isOver) return;
  if (verdict.kind === 'refused') {
    exchange.outbox.lane.pass(() => {
      exchange.outbox.refusal(ticket.id, verdict.error, credit);
    });
    return;
  }
  verdict.run.finish(answer === null ? StatementOutcome.FAILED : StatementOutcome.COMPLETED, '');
  exchange.answer(reply, credit);
}
