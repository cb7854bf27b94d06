import { definePlugin } from '@equipoise/spec';
import { minimalEpsComponent } from './minimal-eps/minimal-eps.js';
import { repeatComponent } from './repeat.js';
import { worstOfComponent } from './worst-of.js';

/** The attacks of this package, each made of others: `minimal-eps`, `worst-of` and `repeat`. */
export const plugin = definePlugin({
  specVersion: 1,
  id: '@equipoise/attack-combinators',
  components: [minimalEpsComponent, worstOfComponent, repeatComponent],
});
