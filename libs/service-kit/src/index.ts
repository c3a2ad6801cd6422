export { byteSize, existingFile, port, secretFromFile } from './config/fields.ts';
export { configJsonSchema, type ConfigSchema } from './config/config-schema.ts';
export { loadConfig, type LoadConfigOptions } from './config/load-config.ts';
export { readConfig, type ConfigOutcome, type ConfigRequest } from './config/read-config.ts';
export {
  addService,
  type CallContext,
  type CallErrorListener,
  type ServiceImplementation,
} from './grpc/add-service.ts';
export {
  createGrpcClient,
  openGrpcChannel,
  type GrpcChannelOptions,
  type GrpcChannelTls,
  type GrpcClient,
  type GrpcClientOptions,
  type RpcOptions,
} from './grpc/grpc-client.ts';
export {
  MAX_MESSAGE_BYTES,
  startGrpcServer,
  type GrpcServer,
  type GrpcServerOptions,
  type GrpcServerTls,
} from './grpc/grpc-server.ts';
export { serviceDefinition } from './grpc/service-definition.ts';
export { fromServiceError, isServiceError, isUnreachable, toStatus } from './grpc/status.ts';
export {
  createLogger,
  describeError,
  type ConstantMessage,
  type LogFields,
  type Logger,
  type LoggerOptions,
  type LogLevel,
} from './logger.ts';
export { Counter, createMetricsRegistry, Gauge, Histogram, type Registry } from './metrics.ts';
export { startOpsServer, type OpsServer, type OpsServerOptions, type ReadinessCheck } from './ops-server.ts';
export {
  EXIT_CODES,
  runService,
  type ProcessHost,
  type RunningService,
  type RunServiceOptions,
} from './run-service.ts';
export { Secret } from './secret.ts';
