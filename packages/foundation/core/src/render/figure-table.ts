import type { Cell, ReportFigure, ReportTable } from '@equipoise/spec';

type Json = Readonly<Record<string, unknown>>;

const mostColumns = 16;
const mostRows = 48;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fieldOf = (channel: unknown): string | undefined =>
  isObject(channel) && typeof channel['field'] === 'string' && !('aggregate' in channel) && !('bin' in channel)
    ? channel['field']
    : undefined;

function titleOf(channel: unknown, field: string): string {
  const title = isObject(channel) ? channel['title'] : undefined;
  return typeof title === 'string' ? title : field;
}

/** The encoding of the layer that shows the values themselves, not a band around them. */
function mainEncoding(view: Json): Json | undefined {
  const own = isObject(view['encoding']) ? view['encoding'] : {};
  const layers = Array.isArray(view['layer']) ? view['layer'].filter(isObject) : [view];
  const encodings = layers.map(
    (layer) => ({ ...own, ...(isObject(layer['encoding']) ? layer['encoding'] : {}) }) as Json,
  );
  return encodings.reverse().find((encoding) => fieldOf(encoding['y']) !== undefined && !('y2' in encoding));
}

/**
 * The numbers of a figure as a table: a row for each series, a column for each place on the horizontal axis.
 *
 * @returns `undefined` where that would not show the figure: computed values, several charts, too many numbers
 */
export function figureTable({ title, spec }: ReportFigure): ReportTable | undefined {
  const view = isObject(spec['spec']) ? spec['spec'] : spec;
  const data = isObject(spec['data']) ? spec['data'] : view['data'];
  const values = isObject(data) && Array.isArray(data['values']) ? data['values'].filter(isObject) : [];
  const encoding = mainEncoding(view);
  if (encoding === undefined || values.length === 0 || 'transform' in spec || 'transform' in view) return undefined;
  const facets = [spec['facet'], encoding['facet'], encoding['row'], encoding['column']].map(fieldOf);
  const groups = [...facets, fieldOf(encoding['color'])].filter((field) => field !== undefined);
  const [x, y] = [fieldOf(encoding['x']), fieldOf(encoding['y'])];
  if (x === undefined || y === undefined) return undefined;
  const places = [...new Set(values.map((value) => value[x] as Cell))];
  const rows = new Map<string, Record<string, Cell>>();
  for (const value of values) {
    const name = groups.map((field) => String(value[field])).join(', ') || titleOf(encoding['y'], y);
    const row = rows.get(name) ?? { series: name };
    const key = `at ${String(value[x])}`;
    if (key in row) return undefined;
    row[key] = (value[y] ?? null) as Cell;
    rows.set(name, row);
  }
  if (places.length > mostColumns || rows.size > mostRows) return undefined;
  const across = titleOf(encoding['x'], x);
  const columns = places.map((place) => ({
    key: `at ${String(place)}`,
    label: String(place),
    digits: digitsOf(values, y),
  }));
  return {
    title,
    columns: [{ key: 'series', label: `${titleOf(encoding['y'], y)} by ${across}` }, ...columns],
    rows: [...rows.values()],
  };
}

/** Digits after the point that show about three significant digits of the largest value. */
function digitsOf(values: readonly Json[], field: string): number {
  const numbers = values.map((value) => Number(value[field])).filter(Number.isFinite);
  if (numbers.every(Number.isInteger)) return 0;
  const largest = Math.max(...numbers.map(Math.abs));
  return Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(largest))));
}
