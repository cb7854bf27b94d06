import type { SplitName } from '@equipoise/spec';

/** Whether the images have a corner digit: as drawn, all, or none. */
export type CornerRule = 'drawn' | 'with' | 'without';

const suffixes: Readonly<Record<CornerRule, string>> = { drawn: '', with: '-with-corner', without: '-without-corner' };

/** For each split of the digits: itself, and the paired splits with and without a corner digit. */
export function splitNames(digitSplits: readonly SplitName[]): string[] {
  return digitSplits.flatMap((name) => Object.values(suffixes).map((suffix) => name + suffix));
}

/** The digits' split and the rule that a split's name stands for. */
export function parseSplitName(name: string): { readonly digitSplit: string; readonly rule: CornerRule } {
  for (const rule of ['with', 'without'] as const) {
    if (name.endsWith(suffixes[rule])) return { digitSplit: name.slice(0, -suffixes[rule].length), rule };
  }
  return { digitSplit: name, rule: 'drawn' };
}
