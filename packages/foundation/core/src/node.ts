export { renderTerminal } from './render/terminal.js';
export type { RenderTerminalOptions } from './render/terminal.js';
export {
  createFolderStorage,
  describeEnvironment,
  homeFolder,
  openRun,
  readEvents,
  runFiles,
  runStatus,
  writeFileAtomic,
} from './storage/index.js';
export type {
  DescribeEnvironmentOptions,
  Environment,
  FolderStorageOptions,
  LoggedEvent,
  OpenRunOptions,
  Run,
  RunStatus,
} from './storage/index.js';
