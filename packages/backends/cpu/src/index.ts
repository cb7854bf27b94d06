export { cpu, cpuComponent } from './cpu.js';
export type { CpuOptions } from './cpu.js';
export { plugin } from './plugin.js';
