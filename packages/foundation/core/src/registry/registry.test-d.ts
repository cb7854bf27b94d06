import {
  defineComponent,
  definePlugin,
  type Loss,
  type Model,
  type RunContext,
  type StandardSchemaV1,
} from '@equipoise/spec';
import { createRegistry, renamed } from '../index.js';

declare const schema: <I, O = I>() => StandardSchemaV1<I, O>;
declare const context: RunContext;
declare const loss: Loss;
declare const model: Model;

const trades = defineComponent({
  specVersion: 1,
  kind: 'loss',
  name: 'trades',
  description: '',
  options: schema<{ beta?: number }, { beta: number }>(),
  create: (options) => (options.beta satisfies number, loss),
});
const mart = defineComponent({
  specVersion: 1,
  kind: 'loss',
  name: 'mart',
  description: '',
  options: schema<{ lambda: number }>(),
  create: () => loss,
});
const mlp = defineComponent({
  specVersion: 1,
  kind: 'model',
  name: 'mlp',
  description: '',
  options: schema<{ units: number; activation: string }>(),
  create: () => model,
});
const losses = definePlugin({ specVersion: 1, id: '@acme/losses', components: [trades, mart] });
const models = definePlugin({ specVersion: 1, id: '@acme/models', components: [mlp] });
const registry = createRegistry().use(losses).use(models);

(await registry.create('loss', 'trades', { beta: 6 }, context)) satisfies Loss;
(await registry.create('loss', 'trades', {}, context)) satisfies Loss;
(await registry.create('model', 'mlp', { units: 1, activation: 'relu' }, context)) satisfies Model;
(await registry.createUnknown('loss', String(1), JSON.parse('{}'), context)) satisfies Loss;
registry.list('loss')[0]?.name satisfies 'trades' | 'mart' | undefined;

// @ts-expect-error unknown name
await registry.create('loss', 'nope', {}, context);
// @ts-expect-error wrong kind
await registry.create('model', 'trades', {}, context);
// @ts-expect-error kind that does not exist
await registry.create('lose', 'trades', {}, context);
// @ts-expect-error missing option
await registry.create('model', 'mlp', { units: 1 }, context);
// @ts-expect-error wrong option type
await registry.create('loss', 'trades', { beta: 'x' }, context);
// @ts-expect-error option that does not exist
await registry.create('loss', 'trades', { gamma: 1 }, context);
// @ts-expect-error options of another component
await registry.create('loss', 'mart', { beta: 1 }, context);
// @ts-expect-error an empty registry has no names
await createRegistry().create('loss', 'trades', {}, context);
// @ts-expect-error the registry that use was called on has not changed
await createRegistry().use(models).create('loss', 'trades', {}, context);

const other = createRegistry().use(renamed(losses, { trades: 'acme-trades' }));
(await other.create('loss', 'acme-trades', { beta: 6 }, context)) satisfies Loss;
(await other.create('loss', 'mart', { lambda: 6 }, context)) satisfies Loss;
// @ts-expect-error the old name is gone
await other.create('loss', 'trades', { beta: 6 }, context);
// @ts-expect-error options keep their types under the new name
await other.create('loss', 'acme-trades', { beta: 'x' }, context);
// @ts-expect-error renaming what the plugin does not have
renamed(losses, { tardes: 'acme-trades' });
