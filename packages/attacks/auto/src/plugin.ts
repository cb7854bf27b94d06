import { definePlugin } from '@equipoise/spec';
import { apgdComponent } from './apgd/apgd.js';
import { apgdTargetedComponent } from './apgd/apgd-targeted.js';
import { autoAttackComponent } from './cascade/auto-attack.js';
import { fabComponent } from './fab/fab.js';
import { fabTargetedComponent } from './fab/fab-targeted.js';
import { squareComponent } from './square/square.js';

/** All components of this package. */
export const plugin = definePlugin({
  specVersion: 1,
  id: '@equipoise/attack-auto',
  components: [
    autoAttackComponent,
    apgdComponent,
    apgdTargetedComponent,
    fabComponent,
    fabTargetedComponent,
    squareComponent,
  ],
});
