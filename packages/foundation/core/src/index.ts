export { createMemoryStorage } from './experiments/memory-storage.js';
export type { MemoryStorage } from './experiments/memory-storage.js';
export type { CheckpointName, RunStorage } from './experiments/storage.js';
export { checkPlugin } from './registry/check-plugin.js';
export { createRegistry } from './registry/create-registry.js';
export { renamed } from './registry/renamed.js';
export type { RenamedComponent } from './registry/renamed.js';
export type {
  AnyRegistry,
  ComponentDescription,
  ComponentEntry,
  FindComponent,
  JsonSchema,
  NameOf,
  OptionsOf,
  Registry,
} from './registry/types.js';
export { createContext } from './run/create-context.js';
export type { ContextOptions } from './run/create-context.js';
