import { free, type Mending, reshaped, sizeOf, type TensorInfo } from './kernel.js';

/** Chooses between tensors of more than four axes too, whose numbers are looked at in a row. */
export const completeSelect: Mending = (stock) => (call) => {
  const { inputs, backend } = call;
  const { condition, t, e } = inputs as Readonly<Record<'condition' | 't' | 'e', TensorInfo>>;
  if (t.shape.length <= 4 || condition.shape.length !== t.shape.length) return stock(call);
  const flat = ({ shape }: TensorInfo) => [sizeOf(shape)];
  const views = {
    condition: reshaped(backend, condition, flat(condition)),
    t: reshaped(backend, t, flat(t)),
    e: reshaped(backend, e, flat(e)),
  };
  const out = stock({ ...call, inputs: views });
  for (const view of Object.values(views)) free(backend, view);
  return { ...out, shape: t.shape };
};
