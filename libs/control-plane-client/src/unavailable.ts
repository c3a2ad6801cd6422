import { AccessError } from '@sallyport/errors';

/**
 * What a failed call means for the caller: the AccessError that the control plane
 * answered with, or that it could not be asked. Nothing that is not understood counts as
 * an answer.
 */
export function asUnavailable(error: unknown): AccessError {
  if (error instanceof AccessError && error.code !== 'internal') return error;
  return new AccessError('control_plane_unavailable', 'The control plane could not be asked.', {}, error);
}
