/** A plugin whose components do what components must not do. */
const anything = { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } };
const component = (kind, name, create) => ({
  specVersion: 1,
  kind,
  name,
  description: 'Trouble',
  options: anything,
  create,
});

const info = {
  name: 'troubled',
  inputShape: [2],
  bounds: [0, 1],
  classes: ['left', 'right'],
  splits: ['train', 'test'],
};

function dataset(labelsOf, valueOf) {
  const split = (size) => ({
    size,
    labels: Int32Array.from({ length: size }, (_, index) => labelsOf(index)),
    examples: async (indices) => ({
      shape: [indices.length, 2],
      x: Float32Array.from({ length: 2 * indices.length }, (_, at) => valueOf(indices[Math.floor(at / 2)])),
      labels: Int32Array.from(indices, labelsOf),
    }),
  });
  return { info, split: async (name) => split(name === 'train' ? 16 : 8) };
}

const loss = (doPrepare) => ({
  needs: { labels: true, logits: true, views: 1, gradientOrder: 1 },
  variables: new Map(),
  doPrepare,
  doCompute: () => {
    throw new Error('nothing comes so far');
  },
});

export const plugin = {
  specVersion: 1,
  id: 'troubles',
  components: [
    component('dataset', 'nan-pixels', () =>
      dataset(
        (index) => index % 2,
        (index) => (index === 5 ? NaN : 0.5),
      ),
    ),
    component('dataset', 'wrong-labels', () =>
      dataset(
        (index) => (index === 3 ? 2 : 0),
        () => 0.5,
      ),
    ),
    component('dataset', 'nothing', () => ({
      info,
      split: async () => ({
        size: 0,
        labels: new Int32Array(0),
        examples: async () => ({ shape: [0, 2], x: new Float32Array(0), labels: new Int32Array(0) }),
      }),
    })),
    component('loss', 'exits', () => loss(() => process.exit(7))),
    component('loss', 'uncaught', () =>
      loss(() => {
        setImmediate(() => {
          throw new Error('nobody catches this');
        });
        return new Promise(() => undefined);
      }),
    ),
    component('loss', 'faulty', () =>
      loss(() => {
        throw new TypeError('a fault of the plugin');
      }),
    ),
  ],
};
