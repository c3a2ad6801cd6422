export * from './gen/sallyport/options/v1/sensitivity_pb.ts';
