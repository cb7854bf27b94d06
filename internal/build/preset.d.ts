import type { Options } from 'tsup';

/** The one tsup preset of every published package: ESM, types, source maps. */
export function preset(overrides?: Options): Options;
