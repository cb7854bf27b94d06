/** A plugin that brings a backend which cannot be used here. */
const options = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) },
};

export const plugin = Object.freeze({
  specVersion: 1,
  id: 'equipoise-plugin-absent',
  components: Object.freeze([
    Object.freeze({
      specVersion: 1,
      kind: 'backend',
      name: 'absent',
      description: 'A device that is not here',
      options,
      create: () => ({
        tfjsName: 'absent',
        capabilities: { training: true, secondOrder: false, workers: false, environments: ['node'] },
        doProbe: async () => ({ available: false, reason: 'there is no such device', remedy: 'install its driver' }),
        doActivate: () => Promise.reject(new Error('not here')),
      }),
    }),
  ]),
});
