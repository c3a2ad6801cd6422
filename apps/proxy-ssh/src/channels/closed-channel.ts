import type { ChannelHandler } from '../connection/channel-end.ts';
import type { CallerEnd } from '../connection/caller-end.ts';

/** A channel on which everything was said: takes what still comes, and closes when the caller does. */
export function closedChannel(caller: CallerEnd): ChannelHandler {
  return {
    onData: (data) => {
      caller.handedOn(data.length);
    },
    onEof: () => undefined,
    onRequest: ({ wantReply }) => {
      if (wantReply) caller.reply(false);
    },
    onReply: () => undefined,
    onClose: () => {
      caller.close();
    },
    onSent: () => undefined,
    onLost: () => undefined,
  };
}
