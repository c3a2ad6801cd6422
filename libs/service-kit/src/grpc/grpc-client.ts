import type { DescMethod, DescService } from '@bufbuild/protobuf';
import {
  Channel,
  Client,
  credentials,
  Metadata,
  type CallOptions,
  type ChannelCredentials,
  type ClientReadableStream,
  type MethodDefinition,
} from '@grpc/grpc-js';
import { MAX_MESSAGE_BYTES } from './grpc-server.ts';
import type { Methods, RequestInit, ResponseMessage } from './method-types.ts';
import { serviceDefinition } from './service-definition.ts';
import { fromServiceError } from './status.ts';

/** PEM texts of a client that speaks TLS or mTLS. */
export interface GrpcChannelTls {
  readonly caPem: string;
  /** Absent: no client certificate (a join). */
  readonly identity?: { readonly certificateChainPem: string; readonly privateKeyPem: string };
  /** The name that the server's certificate must carry; default: the host of the address. */
  readonly serverName?: string;
}

export interface GrpcChannelOptions {
  /** "host:port" or "unix:/path". */
  readonly address: string;
  /** Absent: plaintext, for tests and unix sockets. */
  readonly tls?: GrpcChannelTls;
}

/** One connection that any number of clients share; it reconnects by itself. */
export function openGrpcChannel(options: GrpcChannelOptions): Channel {
  const { tls } = options;
  return new Channel(
    options.address,
    tls === undefined ? credentials.createInsecure() : tlsCredentials(tls),
    {
      'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
      'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
      'grpc.keepalive_time_ms': 10_000,
      'grpc.keepalive_timeout_ms': 5_000,
      'grpc.keepalive_permit_without_calls': 1,
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 2_000,
      'grpc.use_local_subchannel_pool': 1,
      ...(tls?.serverName === undefined ? {} : { 'grpc.ssl_target_name_override': tls.serverName }),
    },
  );
}

export interface RpcOptions {
  /** From now to the answer; for a stream to its end. Default for unary calls: the client's `timeoutMs`; for streams none. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Wait for a connection that is not there yet instead of failing at once. */
  readonly waitForReady?: boolean;
}

type Rpc<M> = M extends { methodKind: 'unary' }
  ? (request: RequestInit<M>, options?: RpcOptions) => Promise<ResponseMessage<M>>
  : M extends { methodKind: 'server_streaming' }
    ? (request: RequestInit<M>, options?: RpcOptions) => AsyncIterable<ResponseMessage<M>>
    : never;

/**
 * One function for each method. They throw the AccessError that the server threw, the signal's
 * reason when it aborts, and otherwise grpc-js's ServiceError (see `isUnreachable`).
 */
export type GrpcClient<S extends DescService> = { readonly [K in keyof Methods<S>]: Rpc<Methods<S>[K]> };

export interface GrpcClientOptions {
  readonly channel: Channel;
  /** Deadline of a unary call. */
  readonly timeoutMs: number;
}

export function createGrpcClient<S extends DescService>(
  service: S,
  options: GrpcClientOptions,
): GrpcClient<S> {
  const client = new Client('', credentials.createInsecure(), { channelOverride: options.channel });
  const definitions = serviceDefinition(service);
  const methods = service.methods.map((method) => {
    const definition = definitions[method.localName];
    if (definition === undefined) throw new Error(`no definition of ${method.name}`);
    return [method.localName, rpcOf(client, method, definition, options.timeoutMs)] as const;
  });
  return Object.fromEntries(methods) as GrpcClient<S>;
}

type Definition = MethodDefinition<unknown, unknown>;

function rpcOf(client: Client, method: DescMethod, definition: Definition, timeoutMs: number) {
  switch (method.methodKind) {
    case 'unary':
      return (request: unknown, options: RpcOptions = {}) =>
        callUnary(client, definition, request, { timeoutMs, ...options });
    case 'server_streaming':
      return (request: unknown, options: RpcOptions = {}) => callStream(client, definition, request, options);
    case 'client_streaming':
    case 'bidi_streaming':
      throw new Error(`${method.name}: streams from the client are not supported`);
  }
}

function callUnary(
  client: Client,
  definition: Definition,
  request: unknown,
  options: RpcOptions,
): Promise<unknown> {
  const { signal } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(reasonOf(signal));
      return;
    }
    const call = client.makeUnaryRequest(
      definition.path,
      definition.requestSerialize,
      definition.responseDeserialize,
      request,
      callMetadata(options),
      callOptions(options),
      (error, response) => {
        signal?.removeEventListener('abort', cancel);
        if (error === null) resolve(response);
        else reject(signal?.aborted === true ? reasonOf(signal) : asError(fromServiceError(error)));
      },
    );
    const cancel = () => {
      call.cancel();
    };
    signal?.addEventListener('abort', cancel, { once: true });
  });
}

async function* callStream(client: Client, definition: Definition, request: unknown, options: RpcOptions) {
  const { signal } = options;
  signal?.throwIfAborted();
  const call: ClientReadableStream<unknown> = client.makeServerStreamRequest(
    definition.path,
    definition.requestSerialize,
    definition.responseDeserialize,
    request,
    callMetadata(options),
    callOptions(options),
  );
  const cancel = () => {
    call.cancel();
  };
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    for await (const message of call) yield message as unknown;
  } catch (error) {
    throw signal?.aborted === true ? reasonOf(signal) : asError(fromServiceError(error));
  } finally {
    signal?.removeEventListener('abort', cancel);
    call.cancel();
  }
}

function callOptions({ timeoutMs }: RpcOptions): CallOptions {
  return timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs };
}

function callMetadata({ waitForReady = false }: RpcOptions): Metadata {
  return new Metadata({ waitForReady });
}

function tlsCredentials(tls: GrpcChannelTls): ChannelCredentials {
  const key = tls.identity === undefined ? null : Buffer.from(tls.identity.privateKeyPem);
  const chain = tls.identity === undefined ? null : Buffer.from(tls.identity.certificateChainPem);
  return credentials.createSsl(Buffer.from(tls.caPem), key, chain);
}

function reasonOf(signal: AbortSignal): Error {
  return asError(signal.reason);
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('the call failed', { cause: thrown });
}
