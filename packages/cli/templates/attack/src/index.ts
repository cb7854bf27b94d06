export { myAttack, myAttackComponent } from './my-attack.js';
export type { MyAttackOptions } from './my-attack.js';
export { conformance, plugin } from './plugin.js';
