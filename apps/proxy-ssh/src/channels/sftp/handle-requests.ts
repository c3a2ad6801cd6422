/** Requests on handles: they belong to the opening that was decided on, and to no other. */
import { Buffer } from 'node:buffer';
import { decodeSftpResponse, SftpStatus, SftpType, sftpPacketType } from '@sallyport/codec-ssh';
import { StatementOutcome } from '@sallyport/contracts/event';
import { maskFrames } from '@sallyport/proxy-kit';
import { passMasker } from '../../stages/mask/output-masker.ts';
import { decideInTurn, finishByStatus, type TurnHandlers } from './decide-operation.ts';
import type { OpenFile } from './open-file.ts';
import { operationAsk } from './sftp-ask.ts';
import type { AskedRequest, SftpExchange, Ticket } from './sftp-exchange.ts';
import { attributeActions, attributeDetails, setsOnlySize, type SftpOperation } from './sftp-operation.ts';

const UNKNOWN_HANDLE = 'sallyport: the handle is of nothing that is open';

function fileOf(exchange: SftpExchange, handle: Buffer): OpenFile | undefined {
  return exchange.files.get(handle.toString('latin1'));
}

/** Runs in its turn, on the file that the handle is of then. */
function onFile(
  exchange: SftpExchange,
  ticket: Ticket,
  handle: Buffer,
  allows: (file: OpenFile) => boolean,
  then: (file: OpenFile) => void,
): void {
  exchange.toTarget.pass(() => {
    if (exchange.isOver) return;
    const file = fileOf(exchange, handle);
    if (file === undefined || !allows(file)) exchange.status(ticket, SftpStatus.FAILURE, UNKNOWN_HANDLE);
    else then(file);
  });
}

/** READ: what comes is counted, hashed, and its beginning recorded before it goes on. */
export function runRead(
  exchange: SftpExchange,
  ticket: Ticket,
  { handle, offset }: Extract<AskedRequest, { type: 'READ' }>,
): void {
  onFile(
    exchange,
    ticket,
    handle,
    ({ canRead }) => canRead,
    (file) => {
      if (file.exceeded !== null) {
        exchange.refuse(ticket, file.exceeded);
        return;
      }
      exchange.forward(
        ticket,
        (packet) => {
          exchange.stream.proceed(file.forwarded, packet);
        },
        (reply, credit) => {
          if (sftpPacketType(reply) === SftpType.DATA)
            content(exchange, ticket, file, { offset, reply, credit });
          else exchange.answer(reply, credit);
        },
      );
    },
  );
}

interface Content {
  readonly offset: bigint;
  readonly reply: Buffer;
  readonly credit: number;
}

function content(
  exchange: SftpExchange,
  ticket: Ticket,
  file: OpenFile,
  { offset, reply, credit }: Content,
): void {
  const response = decodeSftpResponse(reply);
  const data = response.type === 'DATA' ? response.data : Buffer.alloc(0);
  const exceeded = file.exceeded ?? file.run.meter?.count(0, data.length) ?? null;
  if (exceeded !== null) {
    file.exceeded = exceeded;
    exchange.outbox.lane.pass(() => {
      exchange.outbox.refusal(ticket.id, exceeded, credit);
    });
    return;
  }
  file.run.bytes += data.length;
  const captured = file.read.take(offset, data);
  if (captured.length === 0) {
    exchange.answer(reply, credit);
    return;
  }
  const ready = exchange.outbox.lane.wait();
  exchange.core.target.recorder.output(file.run.id, 'bytes', maskFrames(passMasker, captured), () => {
    ready(() => {
      exchange.outbox.packet(reply, credit);
    });
  });
}

/** WRITE: hashed, and its beginning recorded before it goes on. */
export function runWrite(
  exchange: SftpExchange,
  ticket: Ticket,
  { handle, offset, data }: Extract<AskedRequest, { type: 'WRITE' }>,
): void {
  const file = fileOf(exchange, handle);
  if (file?.canWrite !== true) {
    // In its turn, like every answer: it may have been opened by then, but nobody can know its handle yet.
    onFile(
      exchange,
      ticket,
      handle,
      () => false,
      () => undefined,
    );
    return;
  }
  const captured = file.written.take(offset, data);
  const ready = exchange.toTarget.wait();
  const recorded = captured.length === 0 ? [] : [captured];
  exchange.core.target.recorder.input(file.forwarded, 'bytes', recorded, [ticket.packet], (input) => {
    ready(() => {
      if (exchange.isOver) return;
      if (fileOf(exchange, handle) !== file) {
        exchange.status(ticket, SftpStatus.FAILURE, UNKNOWN_HANDLE);
        return;
      }
      exchange.forward(
        ticket,
        () => {
          exchange.stream.sendInput(input);
        },
        (reply, credit) => {
          if (statusOf(reply) !== SftpStatus.OK) file.written.disturb();
          exchange.answer(reply, credit);
        },
      );
    });
  });
}

/** CLOSE: the end of the opening's statement. Its handle is nobody's from the moment on when it is sent. */
export function runClose(exchange: SftpExchange, ticket: Ticket, handle: Buffer): void {
  const key = handle.toString('latin1');
  onFile(
    exchange,
    ticket,
    handle,
    () => true,
    (file) => {
      exchange.files.delete(key);
      exchange.forward(
        ticket,
        (packet) => {
          exchange.stream.proceed(file.forwarded, packet);
        },
        (reply, credit) => {
          const status = statusOf(reply);
          if (status === SftpStatus.OK) file.finish(StatementOutcome.COMPLETED, null);
          else file.finish(StatementOutcome.FAILED, `status ${status}`);
          exchange.answer(reply, credit);
        },
      );
    },
  );
}

/** FSTAT, fsync, fstatvfs, and READDIR of a folder. */
export function runOnHandle(exchange: SftpExchange, ticket: Ticket, handle: Buffer, ofFolder: boolean): void {
  onFile(
    exchange,
    ticket,
    handle,
    ({ isFolder }) => isFolder || !ofFolder,
    (file) => {
      exchange.forward(
        ticket,
        (packet) => {
          exchange.stream.proceed(file.forwarded, packet);
        },
        (reply, credit) => {
          exchange.answer(reply, credit);
        },
      );
    },
  );
}

/** FSETSTAT: the length of a file that is open for writing belongs to that; attributes are a right of their own. */
export function runFsetstat(
  exchange: SftpExchange,
  ticket: Ticket,
  { handle, attributes }: Extract<AskedRequest, { type: 'FSETSTAT' }>,
): void {
  const file = fileOf(exchange, handle);
  if (file?.canWrite === true && setsOnlySize(attributes)) {
    file.written.setLength(attributes.size ?? 0n);
    runOnHandle(exchange, ticket, handle, false);
    return;
  }
  const actions = attributeActions(attributes).map((action) => ({ action, on: [0] }));
  decideOnFiles(exchange, ticket, [handle], 'fsetstat', actions, attributeDetails(attributes));
}

/** copy-data: content goes from one file to another without passing here; a statement of its own. */
export function runCopyData(
  exchange: SftpExchange,
  ticket: Ticket,
  readHandle: Buffer,
  writeHandle: Buffer,
): void {
  const from = fileOf(exchange, readHandle);
  const to = fileOf(exchange, writeHandle);
  if (from?.canRead !== true || to?.canWrite !== true) {
    onFile(
      exchange,
      ticket,
      readHandle,
      () => false,
      () => undefined,
    );
    return;
  }
  to.written.disturb();
  const actions = [
    { action: 'ssh.sftp.read', on: [0] },
    { action: 'ssh.sftp.write', on: [1] },
  ] as const;
  decideOnFiles(exchange, ticket, [readHandle, writeHandle], 'copy-data', actions, {});
}

function decideOnFiles(
  exchange: SftpExchange,
  ticket: Ticket,
  handles: readonly Buffer[],
  name: string,
  actions: SftpOperation['actions'],
  details: SftpOperation['details'],
): void {
  const files = handles.map((handle) => fileOf(exchange, handle));
  const paths = files.flatMap((file) => (file === undefined ? [] : [file.path]));
  if (paths.length < handles.length) {
    onFile(
      exchange,
      ticket,
      handles[0] ?? Buffer.alloc(0),
      () => false,
      () => undefined,
    );
    return;
  }
  const operation = { name, paths: [], actions, details, changesNames: false };
  const handlers: TurnHandlers = {
    refused: (error) => {
      exchange.refuse(ticket, error);
    },
    permitted: (permit, run) => {
      // A handle may have been closed meanwhile, and be another file's by now.
      if (handles.some((handle, index) => fileOf(exchange, handle) !== files[index])) {
        run.finish(StatementOutcome.FAILED, 'its handle is closed');
        exchange.status(ticket, SftpStatus.FAILURE, UNKNOWN_HANDLE);
        return;
      }
      exchange.forward(
        ticket,
        (packet) => {
          exchange.stream.send(permit, packet);
        },
        (reply, credit) => {
          finishByStatus(run, statusOf(reply));
          exchange.answer(reply, credit);
        },
      );
    },
  };
  exchange.watch(decideInTurn(exchange, () => Promise.resolve(operationAsk(operation, paths)), handlers));
}

function statusOf(reply: Buffer): number {
  const response = decodeSftpResponse(reply);
  return response.type === 'STATUS' ? response.code : SftpStatus.FAILURE;
}
