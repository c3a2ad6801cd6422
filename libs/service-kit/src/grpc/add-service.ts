import type { DescService } from '@bufbuild/protobuf';
import type {
  Server,
  ServerUnaryCall,
  ServerWritableStream,
  sendUnaryData,
  UntypedHandleCall,
} from '@grpc/grpc-js';
import type { PeerCertificate } from 'node:tls';
import type { Methods, RequestMessage, ResponseInit } from './method-types.ts';
import { serviceDefinition } from './service-definition.ts';
import { toStatus } from './status.ts';

/** What an implementation knows of the call beside its request. */
export interface CallContext {
  /** Aborts when the caller cancels, disconnects or its deadline passes. */
  readonly signal: AbortSignal;
  /** The caller's certificate, verified against the server's CA; absent without mTLS. */
  readonly peerCertificate?: PeerCertificate;
  /** "host:port" of the caller. */
  readonly peer: string;
}

type Implementation<M> = M extends { methodKind: 'unary' }
  ? (request: RequestMessage<M>, context: CallContext) => ResponseInit<M> | Promise<ResponseInit<M>>
  : M extends { methodKind: 'server_streaming' }
    ? (request: RequestMessage<M>, context: CallContext) => AsyncIterable<ResponseInit<M>>
    : never;

/** One function for each method: a promise for a unary one, an async generator for a server stream. */
export type ServiceImplementation<S extends DescService> = {
  readonly [K in keyof Methods<S>]: Implementation<Methods<S>[K]>;
};

/** Told of every error that an implementation throws, before it becomes a status. */
export type CallErrorListener = (error: unknown, method: string) => void;

type UnaryHandler = (request: unknown, context: CallContext) => unknown;
type StreamHandler = (request: unknown, context: CallContext) => AsyncIterable<unknown>;

/**
 * Serves a generated service. An AccessError that an implementation throws reaches the
 * caller as it is; anything else as `internal`, its text kept from the wire.
 */
export function addService<S extends DescService>(
  server: Server,
  service: S,
  implementation: ServiceImplementation<S>,
  onError: CallErrorListener = () => undefined,
): void {
  const handlers = service.methods.map((method): [string, UntypedHandleCall] => {
    const name = `${service.typeName}/${method.name}`;
    const handler: unknown = Reflect.get(implementation, method.localName);
    if (typeof handler !== 'function') throw new Error(`${name} is not implemented`);
    switch (method.methodKind) {
      case 'unary':
        return [method.localName, unary(handler.bind(implementation) as UnaryHandler, name, onError)];
      case 'server_streaming':
        return [method.localName, stream(handler.bind(implementation) as StreamHandler, name, onError)];
      case 'client_streaming':
      case 'bidi_streaming':
        throw new Error(`${name}: streams from the client are not supported`);
    }
  });
  server.addService(serviceDefinition(service), Object.fromEntries(handlers));
}

function unary(handler: UnaryHandler, name: string, onError: CallErrorListener) {
  return (call: ServerUnaryCall<unknown, unknown>, respond: sendUnaryData<unknown>): void => {
    const { context } = contextOf(call);
    Promise.resolve()
      .then(() => handler(call.request, context))
      .then(
        (response) => {
          respond(null, response);
        },
        (error: unknown) => {
          onError(error, name);
          respond(toStatus(error));
        },
      );
  };
}

function stream(handler: StreamHandler, name: string, onError: CallErrorListener) {
  return (call: ServerWritableStream<unknown, unknown>): void => {
    const { context, cancelled } = contextOf(call);
    const pump = async () => {
      for await (const message of handler(call.request, context)) {
        if (context.signal.aborted) break;
        if (!call.write(message)) await Promise.race([drained(call), cancelled]);
      }
      call.end();
    };
    pump().catch((error: unknown) => {
      if (context.signal.aborted) return;
      onError(error, name);
      call.emit('error', toStatus(error));
    });
  };
}

function drained(call: ServerWritableStream<unknown, unknown>): Promise<void> {
  return new Promise((resolve) => {
    call.once('drain', resolve);
  });
}

function contextOf(call: ServerUnaryCall<unknown, unknown> | ServerWritableStream<unknown, unknown>) {
  const controller = new AbortController();
  const cancelled = new Promise<void>((resolve) => {
    call.once('cancelled', () => {
      controller.abort(new Error('the caller no longer waits'));
      resolve();
    });
  });
  const certificate = call.getAuthContext().sslPeerCertificate;
  const context: CallContext = {
    signal: controller.signal,
    peer: call.getPeer(),
    ...(certificate === undefined ? {} : { peerCertificate: certificate }),
  };
  return { context, cancelled };
}
