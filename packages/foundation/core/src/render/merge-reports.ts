import type { Report } from '@equipoise/spec';
import { sectionSeparator } from './sections.js';

/** Titles that differ: the second `Balance` becomes `Balance (2)`. */
function distinct(titles: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return titles.map((title) => {
    const count = (seen.get(title) ?? 0) + 1;
    seen.set(title, count);
    return count === 1 ? title : `${title} (${count})`;
  });
}

/**
 * Makes one report out of several. Each becomes a section: its parts are titled `Report › Part`, which renderers show
 * under the heading `Report`; its data stand under its title in `data`. Summaries follow one another.
 *
 * @param title title of the whole
 * @param reports the reports in order
 */
export function mergeReports(title: string, reports: readonly Report[]): Report {
  const titles = distinct(reports.map((report) => report.title));
  const gather = <T extends { readonly title: string }>(parts: (report: Report) => readonly T[]): T[] =>
    reports.flatMap((report, index) =>
      parts(report).map((part) => ({ ...part, title: `${titles[index]}${sectionSeparator}${part.title}` })),
    );
  const circumstances = gather((report) => report.circumstances ?? []);
  return {
    reportVersion: 1,
    title,
    summary: reports.flatMap(({ summary }) => summary),
    tables: gather(({ tables }) => tables),
    figures: gather(({ figures }) => figures),
    images: gather(({ images }) => images),
    ...(circumstances.length === 0 ? {} : { circumstances }),
    data: Object.fromEntries(reports.map(({ data }, index) => [titles[index] ?? '', data])),
  };
}
