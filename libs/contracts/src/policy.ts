export * from './gen/sallyport/policy/v1/policy_view_pb.ts';
