import type { Report, ReportTable } from '@equipoise/spec';
import { withCommonUnit } from './format.js';
import { figureMarkup } from './html-figure.js';
import { gridMarkup } from './html-grid.js';
import { tableMarkup } from './html-table.js';
import { markup, Markup } from './markup.js';
import { pageStyle } from './page-style.js';
import { sectionsOf, type Section } from './sections.js';

/** Fewer parts need no list of contents; so many sections are listed instead of their parts. */
const contentsFrom = 4;

interface Entry {
  readonly id: string;
  readonly title: string;
}

interface Part extends Entry {
  readonly content: Markup;
}

interface PartHead extends Entry {
  readonly unit?: string | undefined;
  readonly note?: string | undefined;
}

function partMarkup({ id, title, unit, note }: PartHead, content: Markup): Markup {
  const shownUnit = unit === undefined ? undefined : markup` <span class="unit">(${unit})</span>`;
  return markup`<section class="part" id="${id}" aria-labelledby="${id}-title">
    <h3 id="${id}-title">${title}${shownUnit}</h3>
    ${content}${note === undefined ? undefined : markup`<p class="note">${note}</p>`}
  </section> `;
}

interface PendingPart {
  readonly part: { readonly title: string; readonly note?: string };
  readonly unit?: string | undefined;
  draw(id: string): Markup | Promise<Markup>;
}

async function sectionParts(section: Section, prefix: string): Promise<Part[]> {
  const { figures, tables, images, circumstances } = section;
  const pendingTable = (part: ReportTable): PendingPart => {
    const { table, unit } = withCommonUnit(part);
    return { part, unit, draw: () => tableMarkup(table) };
  };
  const pending: readonly PendingPart[] = [
    ...figures.map((figure) => ({ part: figure, draw: (id: string) => figureMarkup(figure, id) })),
    ...tables.map(pendingTable),
    ...images.map((grid) => ({ part: grid, draw: () => gridMarkup(grid) })),
    ...circumstances.map(pendingTable),
  ];
  return Promise.all(
    pending.map(async ({ part: { title, note }, unit, draw }, index) => {
      const id = `${prefix}-${index + 1}`;
      return { id, title, content: partMarkup({ id, title, unit, note }, await draw(id)) };
    }),
  );
}

function contents(entries: readonly Entry[]): Markup | undefined {
  if (entries.length < contentsFrom) return undefined;
  const links = entries.map(({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>`);
  return markup`<nav aria-label="Contents">
    <ul>
      ${links}
    </ul>
  </nav>`;
}

const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/**
 * Shows a report as one page of HTML that needs nothing else: no network, no scripts.
 *
 * Figures become inline SVG, with the Vega-Lite specification beside it in a `<script>` of type
 * `application/vnd.vegalite.v5+json`; images become PNG. The page adapts to light, dark, phones and paper.
 *
 * @param report the report; see `validateReport` for one from a file
 * @throws `DataError` if a figure or image cannot be drawn, or asks for anything from outside
 */
export async function renderHtml(report: Report): Promise<string> {
  const sections = await Promise.all(
    sectionsOf(report).map(async (section, index) => {
      const id = `section-${index + 1}`;
      return { id, title: section.title, parts: await sectionParts(section, id) };
    }),
  );
  const parts = sections.flatMap((section) => section.parts);
  const linked: readonly Entry[] =
    sections.length < contentsFrom ? parts : sections.filter(({ title }) => title !== '');
  const body = sections.map(({ id, title, parts: within }) => [
    title === '' ? new Markup('') : markup`<h2 id="${id}">${title}</h2> `,
    ...within.map(({ content }) => content),
  ]);
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="generator" content="Equipoise" />
        <title>${report.title}</title>
        <style>
          ${new Markup(pageStyle)}
        </style>
      </head>
      <body>
        <header>
          <h1>${report.title}</h1>
          <div class="summary">${report.summary.map((sentence) => markup`<p>${sentence}</p> `)}</div>
          ${contents(linked)}
        </header>
        <main>${body}</main>
        <footer>
          Made with Equipoise. This page holds everything it shows; figures carry their Vega-Lite specifications.
        </footer>
      </body>
    </html> `.text;
}
