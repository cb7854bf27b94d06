import type { Report, ReportFigure, ReportImageGrid, ReportTable } from '@equipoise/spec';

/** Stands between the title of a section and the title of what belongs to it. */
export const sectionSeparator = ' › ';

/** The parts of a report that stand under one heading. */
export interface Section {
  /** The heading; empty for parts without one. */
  readonly title: string;
  /** The figures. */
  readonly figures: readonly ReportFigure[];
  /** The tables. */
  readonly tables: readonly ReportTable[];
  /** The image grids. */
  readonly images: readonly ReportImageGrid[];
  /** The tables about the run, such as times; they come last. */
  readonly circumstances: readonly ReportTable[];
}

function split(title: string): [section: string, own: string] {
  const index = title.indexOf(sectionSeparator);
  return index < 0 ? ['', title] : [title.slice(0, index), title.slice(index + sectionSeparator.length)];
}

/** Sorts the parts of a report into sections: what is titled `Section › Title` goes under the heading `Section`. */
export function sectionsOf({ figures, tables, images, circumstances = [] }: Report): Section[] {
  const titles = new Set([...figures, ...tables, ...images, ...circumstances].map(({ title }) => split(title)[0]));
  const within = <T extends { readonly title: string }>(parts: readonly T[], section: string): T[] =>
    parts.flatMap((part) => {
      const [own, title] = split(part.title);
      return own === section ? [{ ...part, title }] : [];
    });
  return [...titles].map((title) => ({
    title,
    figures: within(figures, title),
    tables: within(tables, title),
    images: within(images, title),
    circumstances: within(circumstances, title),
  }));
}
