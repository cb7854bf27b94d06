import { plugin as pgd } from '@equipoise/attack-pgd';
import type { Plugin } from '@equipoise/spec';

/** The packages whose attacks are compared. */
export const plugins: readonly Plugin[] = [pgd];
