import type { DeviceLoginService } from '@sallyport/contracts/dataplane';
import type { ServiceImplementation } from '@sallyport/service-kit';
import { logIn, type DeviceLoginOptions } from '../device-login/log-in.ts';
import { requireComponent } from './peer.ts';

/** Logins of callers whose client can only show text. */
export function createDeviceLoginService(
  options: DeviceLoginOptions,
): ServiceImplementation<typeof DeviceLoginService> {
  return {
    logIn: async function* (request, context) {
      requireComponent(context, 'proxy');
      yield* logIn(options, request, context.signal);
    },
  };
}
