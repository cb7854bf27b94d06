import { node } from '@equipoise/backend-node';
import * as tf from '@tensorflow/tfjs-core';
import { crossEntropyLoss } from '@equipoise/loss-cross-entropy';
import { trainingStep, mnistNetwork, randomBatch } from './workloads/training.js';
import { valueAndInputGradients } from '@equipoise/autodiff';
await node().doActivate();
const be: any = tf.backend();
const real = be.binding; const b: any = {}; for (const k of Object.getOwnPropertyNames(real)) b[k] = typeof real[k] === 'function' ? real[k].bind(real) : real[k]; if (real.equipoise) { b.equipoise = {}; for (const k of Object.getOwnPropertyNames(real.equipoise)) b.equipoise[k] = real.equipoise[k]; } be.binding = b;
const shapes = (ids: number[]) => ids.map((i) => sh.get(i) ?? '?');
const sh = new Map<number, any>();
const stat = new Map<string, [number, number]>();
let on = false;
const wrap = (o: any, k: string, label: (a: any[]) => string) => { const f = o[k]; Object.defineProperty(o, k, { configurable: true, writable: true, value: (...a: any[]) => { if (!on) return f.apply(o, a); const t = performance.now(); const r = f.apply(o, a); const d = performance.now() - t; if (Array.isArray(r)) for (const q of r) if (q && q.id !== undefined) sh.set(q.id, q.shape.join('x')); const l = label(a); const s = stat.get(l) ?? [0, 0]; s[0] += d; s[1]++; stat.set(l, s); return r; } }); };
try { wrap(b, 'executeOp', (a) => a[0] + (/Conv|MatMul|Pool/.test(a[0]) ? ' ' + JSON.stringify(shapes(a[2])) : '')); wrap(b, 'tensorDataSync', () => 'READ'); wrap(b, 'createTensor', () => 'CREATE'); wrap(b,'deleteTensor',()=>'DELETE');
for (const k of Object.keys(b.equipoise ?? {})) wrap(b.equipoise, k, () => 'ext.' + k); } catch (e) { console.log('wrap', e); }
const steps = 30;
async function prof(name: string, step: () => Promise<unknown>) {
  for (let i = 0; i < 6; i++) await step();
  const t0 = performance.now(); for (let i = 0; i < steps; i++) await step(); const base = (performance.now() - t0) / steps;
  stat.clear(); on = true; const u0 = process.resourceUsage(); const t = performance.now(); for (let i = 0; i < steps; i++) await step(); const total = (performance.now() - t) / steps; on = false; const u1 = process.resourceUsage();
  const rows = [...stat].sort((x, y) => y[1][0] - x[1][0]);
  const sum = rows.reduce((s, r) => s + r[1][0], 0) / steps;
  console.log(name, 'base', base.toFixed(1), 'total', total.toFixed(1), 'in binding', sum.toFixed(1), 'minflt/step', (u1.minorPageFault - u0.minorPageFault) / steps);
  for (const [k, [ms, n]] of rows.slice(0, 18)) console.log('  ', k.padEnd(28), (ms / steps).toFixed(2), (n / steps).toFixed(1));
}
await prof('cnn-train', trainingStep(crossEntropyLoss()) as any);
const { pgd } = await import('@equipoise/attack-pgd');
const { createContext, runAttack } = await import('@equipoise/core');
const model = mnistNetwork(); const batch = randomBatch(1, 100);

const { perturbWith } = await import('./workloads/pgd.js'); const { createRng } = await import('@equipoise/kit'); await prof('pgd/20', async () => { const r = await perturbWith({ eps: .3, stepSize: .03, steps: 20 }, model, batch as any, createRng(0)); await r.data(); r.dispose(); });
