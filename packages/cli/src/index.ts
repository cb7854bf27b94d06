export { exitCodes } from './failure.js';
export { loadPlugin } from './load-plugins.js';
export type { LoadedModule } from './load-plugins.js';
export { main } from './main.js';
export type { Output } from './output.js';
export { commandRegistry, shippedPlugins } from './registry.js';
export { scaffold } from './scaffold/scaffold.js';
export type { ScaffoldOptions } from './scaffold/scaffold.js';
