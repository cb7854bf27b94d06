export { fgm, fgmComponent, fgsm } from './fgm.js';
export type { FgmOptions } from './fgm.js';
export { pgd, pgdComponent } from './pgd.js';
export type { PgdOptions } from './pgd.js';
export { plugin } from './plugin.js';
