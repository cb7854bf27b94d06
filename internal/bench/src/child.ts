/** Measures one workload on one backend, in a process of its own: `child.ts WORKLOAD BACKEND [VALUES]`; prints JSON lines. */
import { cpu } from '@equipoise/backend-cpu';
import { wasm } from '@equipoise/backend-wasm';
import { workloads } from './workloads/index.js';

const [workload, backend, values] = process.argv.slice(2) as [string, string, string | undefined];
await (backend === 'cpu' ? cpu() : wasm()).doActivate();
const task = { backend, ...(values === undefined ? {} : { values: Number(values) }) };
for (const measurement of await workloads.get(workload)!.run(task)) console.log(JSON.stringify(measurement));
