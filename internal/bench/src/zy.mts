import { node } from '@equipoise/backend-node';
import * as tf from '@tensorflow/tfjs-core';
await node().doActivate();
const be: any = tf.backend(); const b = be.binding;
const time = (name: string, f: () => any) => { for (let i = 0; i < 10; i++) f(); const ts: number[] = []; for (let i = 0; i < 60; i++) { const t = performance.now(); f(); ts.push(performance.now() - t); } ts.sort((a, c) => a - c); console.log(name.padEnd(40), ts[30]!.toFixed(2), ts[0]!.toFixed(2)); };
const id = (t: tf.Tensor) => be.getInputTensorIds([t])[0];
const op = (name: string, attrs: any[], ins: number[]) => { const r = b.executeOp(name, attrs, ins, 1); for (const o of r) b.deleteTensor(o.id); };
const T = { name: 'T', type: b.TF_ATTR_TYPE, value: b.TF_FLOAT };
for (const n of [64, 100]) {
  const x = tf.randomNormal([n, 3136]), w = tf.randomNormal([3136, 1024]), dy = tf.randomNormal([n, 1024]);
  for (const [label, p, q, ta, tb] of [['fwd', x, w, false, false], ['dx', dy, w, false, true], ['dw', x, dy, true, false]] as any[]) {
    time(`${n} ${label} BatchMatMulV2`, () => op('BatchMatMulV2', [T, { name: 'adj_x', type: b.TF_ATTR_BOOL, value: ta }, { name: 'adj_y', type: b.TF_ATTR_BOOL, value: tb }], [id(p), id(q)]));
    time(`${n} ${label} MatMul`, () => op('MatMul', [T, { name: 'transpose_a', type: b.TF_ATTR_BOOL, value: ta }, { name: 'transpose_b', type: b.TF_ATTR_BOOL, value: tb }], [id(p), id(q)]));
  }
}
const h = tf.randomNormal([64, 28, 28, 32]), c1 = tf.randomNormal([5, 5, 1, 32]), x1 = tf.randomNormal([64, 28, 28, 1]);
time('conv1 fwd', () => tf.tidy(() => void tf.conv2d(x1 as any, c1 as any, 1, 'same')));
time('add bias big', () => tf.tidy(() => void tf.add(h, tf.ones([32]))));
time('relu big', () => tf.tidy(() => void tf.relu(h)));
const big = tf.randomNormal([3136, 1024]), b2 = tf.randomNormal([3136, 1024]);
time('add 3.2M', () => tf.tidy(() => void tf.add(big, b2)));
const x100 = tf.randomNormal([100, 28, 28, 1]), dy100 = tf.randomNormal([100, 28, 28, 32]);
time('conv1 dx', () => tf.tidy(() => void (tf.grad((q: any) => tf.conv2d(q, c1 as any, 1, 'same')) as any)(x100, dy100)));
const c3 = tf.randomNormal([3, 3, 3, 32]), x3 = tf.randomNormal([100, 32, 32, 3]), dy3 = tf.randomNormal([100, 32, 32, 32]);
time('rgb dx', () => tf.tidy(() => void (tf.grad((q: any) => tf.conv2d(q, c3 as any, 1, 'same')) as any)(x3, dy3)));
