export { install } from './install/install.js';
export type { InstallOptions, InstallReport } from './install/install.js';
