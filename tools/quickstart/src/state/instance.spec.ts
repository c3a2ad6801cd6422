import { describe, expect, it } from '@jest/globals';
import { temporaryDirectory } from '@sallyport/testing';
import { USUAL_PORTS } from '../stack/ports.ts';
import { forgetInstance, readInstance, startTimeOf, writeInstance, type Instance } from './instance.ts';
import { openStateFolder } from './state-folder.ts';

const instance = (over: Partial<Instance> = {}): Instance => ({
  supervisorPid: process.pid,
  supervisorStarted: startTimeOf(process.pid) ?? '',
  ports: USUAL_PORTS,
  doors: ['postgres'],
  ready: true,
  processes: { nats: 1 },
  ...over,
});

describe('the instance of a state folder', () => {
  it('is what its supervisor wrote, while that runs', () => {
    using directory = temporaryDirectory();
    const state = openStateFolder(directory.path);
    expect(readInstance(directory.path)).toBeUndefined();
    writeInstance(state, instance());
    expect(readInstance(directory.path)).toEqual(instance());
    forgetInstance(state);
    expect(readInstance(directory.path)).toBeUndefined();
  });

  it('is nothing when its supervisor is gone, also if another process got its number', () => {
    using directory = temporaryDirectory();
    const state = openStateFolder(directory.path);
    writeInstance(state, instance({ supervisorPid: 2 ** 22 + 1 }));
    expect(readInstance(directory.path)).toBeUndefined();
    writeInstance(state, instance({ supervisorStarted: '1' }));
    expect(readInstance(directory.path)).toBeUndefined();
  });
});
