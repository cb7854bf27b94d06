import type { ReportImage, ReportImageGrid } from '@equipoise/spec';
import { formatCell } from './format.js';
import { colourScale, imageUri } from './image-png.js';
import { markup, type Markup } from './markup.js';

const pageWidth = 860;
const smallest = 56;
const largest = 128;
const barColours = 9;
const shortLabel = 14;

/** Width on the page: close to what the columns leave room for, and a multiple of half the pixels if possible. */
function shownWidth({ width, height }: ReportImage, columns: number): number {
  const target = Math.min(largest, Math.max(smallest, pageWidth / (columns + 1) - 8));
  const side = Math.max(width, height);
  return side <= target ? (width * Math.floor((2 * target) / side)) / 2 : Math.round((width * target) / side);
}

async function imageMarkup(image: ReportImage, description: string, columns: number): Promise<Markup> {
  const width = shownWidth(image, columns);
  const height = Math.round((width * image.height) / image.width);
  const caption = image.caption === undefined ? undefined : markup`<figcaption>${image.caption}</figcaption>`;
  const alt = [description, image.caption].filter(Boolean).join(': ');
  return markup`<td>
    <figure><img src="${await imageUri(image)}" width="${width}" height="${height}" alt="${alt}" />${caption}</figure>
  </td>`;
}

/** A bar for each colour map that is not grey, with its range if all pictures share it. */
async function colourKey(images: readonly ReportImage[]): Promise<Markup | undefined> {
  const maps = new Map<NonNullable<ReportImage['colormap']>, Set<string>>();
  for (const { channels, colormap = 'gray', range = [0, 1] } of images) {
    if (channels === 3 || colormap === 'gray') continue;
    maps.set(colormap, (maps.get(colormap) ?? new Set()).add(JSON.stringify(range)));
  }
  const entries = await Promise.all(
    [...maps].map(async ([map, ranges]) => {
      const scale = await colourScale(map);
      const stops = Array.from(
        { length: barColours },
        (_, i) => scale[Math.round((i * (scale.length - 1)) / (barColours - 1))],
      );
      const [only] = ranges.size === 1 ? ranges : [];
      const [low, high] =
        only === undefined
          ? ['low', 'high']
          : (JSON.parse(only) as number[]).map((end) => formatCell(Number(end.toPrecision(3))));
      const own = only === undefined ? ', each picture on its own scale' : '';
      const gradient = `linear-gradient(to right, ${stops.map((stop) => `rgb(${(stop ?? []).join(' ')})`).join(', ')})`;
      return markup`<li>${low} <span class="bar" style="background: ${gradient}"></span> ${high}${own}</li>`;
    }),
  );
  return entries.length === 0
    ? undefined
    : markup`<ul class="key" aria-label="Colours">
        ${entries}
      </ul>`;
}

function rowHeading(label: string): Markup {
  return markup`<th scope="row" class="${label.length <= shortLabel ? 'short' : 'long'}">${label}</th>`;
}

/** An image grid without its title and note. */
export async function gridMarkup({ title, columns, rows }: ReportImageGrid): Promise<Markup> {
  const width = Math.max(columns?.length ?? 0, ...rows.map(({ images }) => images.length));
  const labelled = rows.some(({ label }) => label !== undefined);
  const corner = labelled ? markup`<td></td>` : undefined;
  const head =
    columns === undefined
      ? undefined
      : markup`<thead>
          <tr>
            ${corner}${columns.map((column) => markup`<th scope="col">${column}</th>`)}
          </tr>
        </thead>`;
  const body = await Promise.all(
    rows.map(async ({ label, images }, index) => {
      const cells = images.map((image, column) => {
        const place = [label ?? `row ${index + 1}`, columns?.[column] ?? `column ${column + 1}`].join(', ');
        return imageMarkup(image, place, width);
      });
      const name = labelled ? rowHeading(label ?? '') : undefined;
      return markup`<tr>
        ${name}${await Promise.all(cells)}
      </tr> `;
    }),
  );
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${title}">
      <table class="grid" aria-label="${title}">
        ${head}
        <tbody>
          ${body}
        </tbody>
      </table>
    </div>
    ${await colourKey(rows.flatMap(({ images }) => images))}`;
}
