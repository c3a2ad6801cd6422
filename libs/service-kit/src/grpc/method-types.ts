import type { DescMessage, DescService, MessageInitShape, MessageShape } from '@bufbuild/protobuf';

/** The methods of a generated service, by local name. */
export type Methods<S extends DescService> = S['method'];

/** What a caller passes. */
export type RequestInit<M> = M extends { input: infer I extends DescMessage } ? MessageInitShape<I> : never;
/** What an implementation receives. */
export type RequestMessage<M> = M extends { input: infer I extends DescMessage } ? MessageShape<I> : never;
/** What an implementation answers with. */
export type ResponseInit<M> = M extends { output: infer O extends DescMessage } ? MessageInitShape<O> : never;
/** What a caller receives. */
export type ResponseMessage<M> = M extends { output: infer O extends DescMessage } ? MessageShape<O> : never;
