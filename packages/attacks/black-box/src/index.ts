export { boundary, boundaryComponent } from './boundary/boundary.js';
export type { BoundaryOptions } from './boundary/boundary.js';
export { hopSkipJump, hopSkipJumpComponent } from './hop-skip-jump/hop-skip-jump.js';
export type { HopSkipJumpOptions } from './hop-skip-jump/hop-skip-jump.js';
export { nes, nesComponent } from './nes.js';
export type { NesOptions } from './nes.js';
export { plugin } from './plugin.js';
