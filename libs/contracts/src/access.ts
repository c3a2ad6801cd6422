export * from './gen/sallyport/access/v1/decision_pb.ts';
export * from './gen/sallyport/access/v1/principal_pb.ts';
export * from './gen/sallyport/access/v1/statement_pb.ts';
export * from './gen/sallyport/access/v1/target_pb.ts';
