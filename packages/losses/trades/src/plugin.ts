import { definePlugin } from '@equipoise/spec';
import { tradesComponent } from './trades.js';

/** The plugin of `@equipoise/loss-trades`: the loss `trades`. */
export const plugin = definePlugin({ specVersion: 1, id: '@equipoise/loss-trades', components: [tradesComponent] });
