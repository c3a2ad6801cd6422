import type { Logger } from '@sallyport/service-kit';
import type { PublisherOptions } from '@sallyport/session-events';
import type { Config } from './config.ts';

/** How the spool's events reach JetStream. */
export function publisherOptions({ nats, componentId }: Config, logger: Logger): PublisherOptions {
  const { servers, tokenFile, credentialsFile, caFile } = nats;
  return {
    nats: {
      servers,
      name: componentId,
      ...(tokenFile === undefined ? {} : { tokenFile }),
      ...(credentialsFile === undefined ? {} : { credentialsFile }),
      ...(caFile === undefined ? {} : { tls: { caFile } }),
    },
    onTrouble: (trouble) => {
      if (trouble === undefined) logger.info('events are published');
      else logger.warn('events are not published', { trouble });
    },
    onDamage: (damage) => {
      logger.error('a part of the spool cannot be read', { damage });
    },
  };
}
