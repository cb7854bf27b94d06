/** A plugin whose component breaks the contracts: it takes any option and makes nothing of its kind. */
const anything = { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } };

export const plugin = {
  specVersion: 1,
  id: 'broken',
  components: [
    { specVersion: 1, kind: 'loss', name: 'bad', description: 'Breaks', options: anything, create: () => ({}) },
  ],
};
