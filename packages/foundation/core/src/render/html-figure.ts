import type { ReportFigure } from '@equipoise/spec';
import { drawFigure } from './figure-svg.js';
import { figureTable } from './figure-table.js';
import { tableMarkup } from './html-table.js';
import { markup, jsonMarkup, Markup } from './markup.js';

/** The drawing as one picture with a name. */
function drawing(svg: string, title: string, name: string): Markup {
  const start = markup`<svg role="img" aria-label="${title}"`.text;
  return markup`<div class="drawing ${name}">${new Markup(svg.replace('<svg', () => start))}</div>`;
}

/** A figure without its title and note: drawings for page and phone, its numbers, its specification. */
export async function figureMarkup(figure: ReportFigure, id: string): Promise<Markup> {
  const { wide, narrow } = await drawFigure(figure.title, figure.spec, `${id}-`);
  const numbers = figureTable(figure);
  return markup`<figure>
      ${drawing(wide, figure.title, narrow === undefined ? '' : 'has-narrow')}
      ${narrow === undefined ? undefined : drawing(narrow, figure.title, 'narrow')}
    </figure>
    <script type="application/vnd.vegalite.v5+json" id="${id}-specification">
      ${jsonMarkup(figure.spec)}
    </script>
    ${
      numbers === undefined
        ? undefined
        : markup`<details>
            <summary>Numbers</summary>
            ${tableMarkup(numbers)}
          </details>`
    }`;
}
