import { DataError } from '@equipoise/spec';
import type { Config, Spec as VegaSpec } from 'vega';
import type { TopLevelSpec } from 'vega-lite';
import { figureTheme } from './figure-theme.js';

type Spec = Readonly<Record<string, unknown>>;

const pageWidth = 880;
const pageChartFrom = 400;
const phoneWidth = 330;
const phonePanelWidth = 240;

const isObject = (value: unknown): value is Spec =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isSingleView = (spec: Spec) => 'mark' in spec || 'layer' in spec;

function narrowed(spec: Spec, width: number): Spec {
  return typeof spec['width'] === 'number' && spec['width'] <= width ? spec : { ...spec, width };
}

/** Draws the symbols of legends opaque, also where the marks themselves are faint, such as bands around curves. */
function withClearLegends(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withClearLegends);
  if (!isObject(value)) return value;
  const { data, ...rest } = value;
  const copy = Object.fromEntries(Object.entries(rest).map(([key, entry]) => [key, withClearLegends(entry)]));
  const encoding = copy['encoding'];
  const color = isObject(encoding) ? encoding['color'] : undefined;
  if (isObject(encoding) && isObject(color) && 'field' in color && color['legend'] !== null) {
    const legend = { symbolOpacity: 1, ...(isObject(color['legend']) ? color['legend'] : {}) };
    copy['encoding'] = { ...encoding, color: { ...color, legend } };
  }
  return data === undefined ? copy : { data, ...copy };
}

/** The figure for a page: a single chart takes the width of the page. */
function pageSpec(spec: Spec): Spec {
  const fixed = typeof spec['width'] === 'number' && spec['width'] < pageChartFrom;
  if (!isSingleView(spec) || fixed || isObject(spec['width'])) return spec;
  return { ...spec, width: pageWidth, autosize: { type: 'fit-x', contains: 'padding' } };
}

/** The same figure for a phone: as wide as the screen, panels below one another, the legend on top. */
function phoneSpec(spec: Spec): Spec {
  const config = isObject(spec['config']) ? spec['config'] : {};
  const legend = { ...(isObject(config['legend']) ? config['legend'] : {}), orient: 'top', columns: 1, offset: 12 };
  const base = { ...spec, config: { ...config, legend } };
  if (isSingleView(spec)) {
    return { ...base, width: phoneWidth, autosize: { type: 'fit-x', contains: 'padding' } };
  }
  const inner = spec['spec'];
  const panels = isObject(inner) ? { spec: narrowed(inner, phonePanelWidth) } : {};
  return { ...base, ...panels, ...('columns' in spec ? { columns: 1 } : {}) };
}

/** Loads nothing, since a report needs no network, and notes what was asked for. Pictures inside the figure are fine. */
function closedLoader(refused: string[]) {
  const refuse = async (uri: string): Promise<never> => {
    refused.push(uri);
    throw new Error(uri);
  };
  const sanitize = async (uri: string) => {
    if (uri.startsWith('data:image/') || uri.startsWith('#')) return { href: uri };
    refused.push(uri);
    return { href: '' };
  };
  return { load: refuse, http: refuse, file: refuse, sanitize };
}

const tag = /<[a-z](?:[^>"]|"[^"]*")*>/gi;

/**
 * Makes a drawing fit for a page with several: names of clip paths and gradients get a prefix, and what Vega tells
 * screen readers about each mark goes, since the page says it in a table.
 */
function adaptTags(svg: string, prefix: string): string {
  return svg.replace(tag, (text) =>
    text
      .replace(/ (?:aria-[a-z]+|role)="[^"]*"/g, '')
      .replace(/( id=")([^"]+")/g, `$1${prefix}$2`)
      .replace(/url\(#([^)]+)\)/g, `url(#${prefix}$1)`)
      .replace(/(href=")#/g, `$1#${prefix}`),
  );
}

/** A logger that keeps errors and ignores the rest. */
function errorCollector(level: number, errors: string[]) {
  const ignore = () => logger;
  const error = (...messages: readonly unknown[]) => {
    errors.push(messages.map(String).join(' '));
    return logger;
  };
  const logger = { level: () => level, error, warn: ignore, info: ignore, debug: ignore };
  return logger;
}

/** What a drawing is, or why there is none. */
interface Attempt {
  readonly svg: string;
  readonly errors: readonly string[];
  readonly refused: readonly string[];
}

async function attemptDrawing(spec: Spec): Promise<Attempt> {
  const [vega, vegaLite, interpreter] = await Promise.all([
    import('vega'),
    import('vega-lite'),
    import('vega-interpreter'),
  ]);
  const [errors, refused]: [string[], string[]] = [[], []];
  const logger = errorCollector(vega.Error, errors) as never;
  const config = vega.mergeConfig({}, figureTheme as Config, isObject(spec['config']) ? spec['config'] : {});
  try {
    const compiled = vegaLite.compile({ ...spec, config } as unknown as TopLevelSpec, { logger });
    const view = new vega.View(vega.parse(compiled.spec as VegaSpec, undefined, { ast: true }), {
      ...{ renderer: 'none', loader: closedLoader(refused), logger },
      ...({ expr: interpreter.expressionInterpreter } as object),
    });
    const svg = await view.toSVG();
    view.finalize();
    return { svg, errors, refused };
  } catch (error) {
    return { svg: '', errors: [error instanceof Error ? error.message : String(error)], refused };
  }
}

/** Draws a copy, since Vega writes into the data that it is given. */
async function drawSpec(title: string, spec: Spec, prefix: string): Promise<string> {
  const { svg, errors, refused } = await attemptDrawing(withClearLegends(structuredClone(spec)) as Spec);
  if (refused.length > 0) {
    throw new DataError(
      `The figure "${title}" asks for "${refused[0]}". Figures must hold what they show themselves.`,
      {
        title,
        refused,
      },
    );
  }
  if (errors.length > 0) throw new DataError(`The figure "${title}" cannot be drawn: ${errors.join('; ')}.`, { title });
  return adaptTags(svg, prefix);
}

/** A figure as SVG, for a page and for a phone. */
export interface FigureDrawings {
  /** For wide screens and paper. */
  readonly wide: string;
  /** For narrow screens; absent if the wide one fits. */
  readonly narrow?: string;
}

const widthOf = (svg: string) => Number(/\swidth="([\d.]+)"/.exec(svg)?.[1] ?? 0);

/**
 * Draws a Vega-Lite specification with inline data as SVG.
 *
 * @param title what error messages call the figure
 * @param spec the specification; its `config` goes before the look of the page
 * @param prefix makes names inside the drawing differ from those of other drawings
 * @throws `DataError` if it cannot be drawn or asks for anything from outside
 */
export async function drawFigure(title: string, spec: Spec, prefix: string): Promise<FigureDrawings> {
  const wide = await drawSpec(title, pageSpec(spec), `${prefix}w-`);
  if (widthOf(wide) <= phoneWidth) return { wide };
  return { wide, narrow: await drawSpec(title, phoneSpec(spec), `${prefix}n-`) };
}
