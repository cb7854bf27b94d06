import { defineComponent, definePlugin, type Loss, type StandardSchemaV1 } from './index.js';

declare const options: StandardSchemaV1<{ weight?: number }, { weight: number }>;
declare const loss: Loss;
const shared = { specVersion: 1, description: '', options } as const;

const good = defineComponent({
  ...shared,
  kind: 'loss',
  name: 'good',
  create: ({ weight }) => (weight satisfies number, loss),
});
definePlugin({ specVersion: 1, id: '@acme/losses', components: [good] });

// @ts-expect-error a kind that does not exist
defineComponent({ ...shared, kind: 'lose', name: 'bad', create: () => loss });
// @ts-expect-error an instance of another kind
defineComponent({ ...shared, kind: 'dataset', name: 'bad', create: () => loss });
// @ts-expect-error another version of the contracts
defineComponent({ ...shared, specVersion: 2, kind: 'loss', name: 'bad', create: () => loss });
// @ts-expect-error a plugin of things that are no components
definePlugin({ specVersion: 1, id: '@acme/losses', components: [loss] });
