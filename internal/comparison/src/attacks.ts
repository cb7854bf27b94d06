import { plugin as auto } from '@equipoise/attack-auto';
import { plugin as blackBox } from '@equipoise/attack-black-box';
import { plugin as minimal } from '@equipoise/attack-minimal';
import { plugin as pgd } from '@equipoise/attack-pgd';
import { plugin as plb } from '@equipoise/attack-plb';
import type { Plugin } from '@equipoise/spec';

/** The packages whose attacks are compared. */
export const plugins: readonly Plugin[] = [auto, blackBox, minimal, pgd, plb];
