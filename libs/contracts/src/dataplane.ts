export * from './gen/sallyport/dataplane/v1/decision_service_pb.ts';
export * from './gen/sallyport/dataplane/v1/device_login_service_pb.ts';
export * from './gen/sallyport/dataplane/v1/join_service_pb.ts';
export * from './gen/sallyport/dataplane/v1/recording_index_service_pb.ts';
export * from './gen/sallyport/dataplane/v1/session_service_pb.ts';
export * from './gen/sallyport/dataplane/v1/ssh_service_pb.ts';
