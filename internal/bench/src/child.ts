/** Measures one workload on one backend, in a process of its own: `child.ts WORKLOAD BACKEND [VALUES]`; prints JSON lines. */
import { cpu } from '@equipoise/backend-cpu';
import { node } from '@equipoise/backend-node';
import { wasm } from '@equipoise/backend-wasm';
import type { Backend } from '@equipoise/spec';
import { workloads } from './workloads/index.js';

const [workload, backend, values] = process.argv.slice(2) as [string, string, string | undefined];
const factories: Readonly<Record<string, () => Backend>> = { cpu, node, wasm };
await factories[backend]!().doActivate();
const task = { backend, ...(values === undefined ? {} : { values: Number(values) }) };
for (const measurement of await workloads.get(workload)!.run(task)) console.log(JSON.stringify(measurement));
