export * from './gen/sallyport/event/v1/event_pb.ts';
