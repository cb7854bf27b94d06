import type { ReportTable } from '@equipoise/spec';
import { formatCell, isNumericColumn, missing } from './format.js';
import { markup, type Markup } from './markup.js';

/** Labels of rows up to this length stay on one line where there is room. */
const shortLabel = 40;

type Column = ReportTable['columns'][number];

function classOf(table: ReportTable, { key, label }: Column): string {
  if (!isNumericColumn(table, key)) return 'text';
  return label.startsWith('±') ? 'number spread' : 'number';
}

function heading(table: ReportTable, column: Column): Markup {
  const { label, unit } = column;
  const shown = unit === undefined || unit === '' ? undefined : markup` <span class="unit">(${unit})</span>`;
  return markup`<th scope="col" class="${classOf(table, column)}">${label}${shown}</th>`;
}

function cell(table: ReportTable, column: Column, row: ReportTable['rows'][number], index: number): Markup {
  const text = formatCell(row[column.key], column.digits).replace(/^-(?=\d)/, '−');
  const name = `${classOf(table, column)}${text === missing ? ' missing' : ''}`;
  if (index > 0) return markup`<td class="${name}">${text}</td>`;
  return markup`<th scope="row" class="${name}${text.length <= shortLabel ? ' short' : ''}">${text}</th>`;
}

/** A table without its title and note. */
export function tableMarkup(table: ReportTable): Markup {
  const { columns, rows, title } = table;
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${title}">
    <table class="data" aria-label="${title}">
      <thead>
        <tr>
          ${columns.map((column) => heading(table, column))}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            markup`<tr>
              ${columns.map((column, index) => cell(table, column, row, index))}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}
