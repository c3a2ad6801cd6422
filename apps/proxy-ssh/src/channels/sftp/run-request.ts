/** Which way each request of the protocol goes. */
import { SftpStatus, type SftpExtendedRequest } from '@sallyport/codec-ssh';
import { runClose, runCopyData, runFsetstat, runOnHandle, runRead, runWrite } from './handle-requests.ts';
import { runNameLookUp, runPathRequest } from './path-requests.ts';
import type { AskedRequest, SftpExchange, Ticket } from './sftp-exchange.ts';
import { pathOperation } from './sftp-operation.ts';

export function runRequest(exchange: SftpExchange, ticket: Ticket, request: AskedRequest): void {
  const operation = pathOperation(request);
  if (operation !== null) {
    exchange.watch(runPathRequest(exchange, ticket, request, operation));
    return;
  }
  switch (request.type) {
    case 'REALPATH':
      runNameLookUp(exchange, ticket, 'realpath', request.path);
      return;
    case 'READ':
      runRead(exchange, ticket, request);
      return;
    case 'WRITE':
      runWrite(exchange, ticket, request);
      return;
    case 'CLOSE':
      runClose(exchange, ticket, request.handle);
      return;
    case 'FSTAT':
    case 'READDIR':
      runOnHandle(exchange, ticket, request.handle, request.type === 'READDIR');
      return;
    case 'FSETSTAT':
      runFsetstat(exchange, ticket, request);
      return;
    case 'EXTENDED':
      runExtended(exchange, ticket, request.request);
      return;
    case 'OPEN':
    case 'OPENDIR':
    case 'STAT':
    case 'LSTAT':
    case 'READLINK':
    case 'REMOVE':
    case 'RMDIR':
    case 'MKDIR':
    case 'SETSTAT':
    case 'RENAME':
    case 'SYMLINK':
      throw new Error('a request on a path was not taken for one');
  }
}

function runExtended(exchange: SftpExchange, ticket: Ticket, request: SftpExtendedRequest): void {
  switch (request.kind) {
    case 'fstatvfs@openssh.com':
    case 'fsync@openssh.com':
      runOnHandle(exchange, ticket, request.handle, false);
      return;
    case 'copy-data':
      runCopyData(exchange, ticket, request.readHandle, request.writeHandle);
      return;
    case 'expand-path@openssh.com':
      // What a "~" stands for only the target knows: its answer is decided on.
      runNameLookUp(exchange, ticket, 'expand-path', request.path[0] === 0x7e ? null : request.path);
      return;
    case 'home-directory':
      runNameLookUp(exchange, ticket, 'home-directory', null);
      return;
    case 'limits@openssh.com':
    case 'users-groups-by-id@openssh.com':
      runForChannel(exchange, ticket);
      return;
    case 'posix-rename@openssh.com':
    case 'hardlink@openssh.com':
    case 'statvfs@openssh.com':
    case 'lsetstat@openssh.com':
      throw new Error('an extension with a path was not taken for one');
    case 'unknown':
      exchange.toTarget.pass(() => {
        exchange.status(ticket, SftpStatus.OP_UNSUPPORTED, 'sallyport: the extension is not known');
      });
  }
}

/** What says nothing of any file belongs to the channel's own statement. */
function runForChannel(exchange: SftpExchange, ticket: Ticket): void {
  exchange.toTarget.pass(() => {
    exchange.forward(
      ticket,
      (packet) => {
        exchange.stream.proceed(exchange.session, packet);
      },
      (reply, credit) => {
        exchange.answer(reply, credit);
      },
    );
  });
}
