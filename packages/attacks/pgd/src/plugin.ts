import { definePlugin } from '@equipoise/spec';
import { fgmComponent } from './fgm.js';
import { pgdComponent } from './pgd.js';

/** All components of this package. */
export const plugin = definePlugin({
  specVersion: 1,
  id: '@equipoise/attack-pgd',
  components: [fgmComponent, pgdComponent],
});
