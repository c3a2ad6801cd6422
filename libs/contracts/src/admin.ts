export * from './gen/sallyport/admin/v1/access_service_pb.ts';
export * from './gen/sallyport/admin/v1/resource_service_pb.ts';
export * from './gen/sallyport/admin/v1/session_history_service_pb.ts';
export * from './gen/sallyport/admin/v1/ssh_certificate_service_pb.ts';
export * from './gen/sallyport/admin/v1/token_service_pb.ts';
