import { definePlugin } from '@equipoise/spec';
import { gradientImagesComponent } from './gradient-images.js';
import { lossLandscapeComponent } from './loss-landscape.js';

/** The analyses `loss-landscape` and `gradient-images`. */
export const plugin = definePlugin({
  specVersion: 1,
  id: '@equipoise/analysis-landscape',
  components: [lossLandscapeComponent, gradientImagesComponent],
});
