import type { Report } from '@equipoise/spec';
import { DataError } from '@equipoise/spec';
import fc from 'fast-check';
import { parse, type DefaultTreeAdapterTypes, type ParserError } from 'parse5';
import { describe, expect, test } from 'vitest';
import { renderHtml } from './html.js';
import { mergeReports } from './merge-reports.js';

type Element = DefaultTreeAdapterTypes.Element;

const lines = {
  data: {
    values: ['CE', 'FCL'].flatMap((row) => [0, 0.1, 0.2].map((sigma) => ({ row, sigma, accuracy: 100 - 90 * sigma }))),
  },
  mark: { type: 'line', point: true, clip: true },
  width: 520,
  encoding: {
    x: { field: 'sigma', type: 'quantitative' },
    y: { field: 'accuracy', type: 'quantitative', title: 'accuracy (%)' },
    color: { field: 'row', type: 'nominal' },
  },
};

const reportOf = (parts: Partial<Report>): Report => ({
  reportVersion: 1,
  title: 'Sample',
  summary: [],
  tables: [],
  figures: [],
  images: [],
  data: {},
  ...parts,
});

const hostile = `"><script>alert('1')</script><img src=x onerror=alert(1)>&amp;]]>-->`;

const everywhere = (text: string): Report =>
  reportOf({
    title: text,
    summary: [text],
    tables: [{ title: text, columns: [{ key: text, label: text, unit: text }], rows: [{ [text]: text }], note: text }],
    figures: [
      {
        title: text,
        note: text,
        spec: {
          ...lines,
          data: { values: [{ row: text, sigma: 0, accuracy: 1 }] },
          encoding: { ...lines.encoding, color: { field: 'row', type: 'nominal', title: text } },
        },
      },
    ],
    images: [
      {
        title: text,
        note: text,
        columns: [text],
        rows: [{ label: text, images: [{ width: 1, height: 1, channels: 1, data: [0.5], caption: text }] }],
      },
    ],
  });

function parsePage(page: string): Element[] {
  const errors: ParserError[] = [];
  const document = parse(page, { onParseError: (error) => errors.push(error) });
  expect(errors).toEqual([]);
  const elements: Element[] = [];
  const visit = (node: DefaultTreeAdapterTypes.Node) => {
    if ('attrs' in node) elements.push(node);
    if ('childNodes' in node) node.childNodes.forEach(visit);
  };
  visit(document);
  return elements;
}

const textOf = (node: DefaultTreeAdapterTypes.Node): string =>
  'value' in node ? node.value : 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';

const attribute = (element: Element | undefined, name: string) =>
  element?.attrs.find((one) => one.name === name)?.value;

const byTag = (elements: readonly Element[], tag: string) => elements.filter(({ tagName }) => tagName === tag);

/** Whatever a browser might fetch or run. */
function outsideOf(elements: readonly Element[], page: string): string[] {
  const linked = elements.flatMap(({ attrs }) =>
    attrs.filter(({ name }) => ['src', 'href', 'srcset', 'data', 'action', 'poster'].includes(name)),
  );
  const fetched = linked.map(({ value }) => value).filter((value) => !/^(#|data:image\/png;base64,)/.test(value));
  const styles = [...page.matchAll(/url\(([^)]*)\)/g)]
    .map(([, url]) => url ?? '')
    .filter((url) => !url.startsWith('#'));
  const handlers = elements
    .flatMap(({ attrs }) => attrs.filter(({ name }) => name.startsWith('on')))
    .map(({ name }) => name);
  const scripts = byTag(elements, 'script')
    .map((script) => attribute(script, 'type') ?? 'script')
    .filter((type) => type !== 'application/vnd.vegalite.v5+json');
  const foreign = elements
    .map(({ tagName }) => tagName)
    .filter((tag) => ['link', 'iframe', 'object', 'embed', 'base'].includes(tag));
  return [...fetched, ...styles, ...handlers, ...scripts, ...foreign, ...(page.includes('@import') ? ['@import'] : [])];
}

describe('the page', () => {
  test('is well formed and needs nothing from outside', async () => {
    const page = await renderHtml(everywhere('plain'));
    const elements = parsePage(page);
    expect(outsideOf(elements, page)).toEqual([]);
    expect(byTag(elements, 'svg').length).toBeGreaterThan(0);
    expect(
      attribute(
        elements.find((one) => attribute(one, 'http-equiv') !== undefined),
        'content',
      ),
    ).toContain("default-src 'none'");
  });

  test('shows hostile text as text, wherever it stands', async () => {
    const page = await renderHtml(everywhere(hostile));
    const elements = parsePage(page);
    expect(outsideOf(elements, page)).toEqual([]);
    expect(textOf(byTag(elements, 'h1')[0]!)).toBe(hostile);
    expect(textOf(byTag(elements, 'title')[0]!)).toBe(hostile);
    expect(textOf(byTag(elements, 'figcaption')[0]!)).toBe(hostile);
    expect(byTag(elements, 'td').concat(byTag(elements, 'th')).map(textOf)).toContain(hostile);
    expect(byTag(elements, 'text').some((one) => textOf(one).startsWith('"><script>alert('))).toBe(true);
    expect(attribute(byTag(elements, 'img')[0], 'alt')).toContain(hostile);
  });

  test('shows any text as it is', async () => {
    const text = fc.string({ unit: fc.constantFrom(...'<>&"\'`$\\/= aσ→{}%'), minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(text, async (given) => {
        const elements = parsePage(await renderHtml(reportOf({ title: given, summary: [given] })));
        expect(textOf(byTag(elements, 'h1')[0]!)).toBe(given);
        expect(textOf(byTag(elements, 'p')[0]!)).toBe(given);
      }),
      { seed: 4, numRuns: 100 },
    );
  });

  test('has each id once, and every reference inside it leads somewhere', async () => {
    const figure = { title: 'Lines', spec: lines };
    const page = await renderHtml(
      mergeReports('Two', [reportOf({ figures: [figure, figure] }), reportOf({ figures: [figure] })]),
    );
    const elements = parsePage(page);
    const ids = elements.flatMap((element) => attribute(element, 'id') ?? []);
    const references = [...page.matchAll(/(?:url\(#|href="#|aria-labelledby=")([^)"]+)/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(references.some((id) => id?.includes('clip'))).toBe(true);
    expect(references.filter((id) => !ids.includes(id ?? ''))).toEqual([]);
  });
});

describe('tables', () => {
  test('show digits, units, a minus sign, and a dash for what is missing', async () => {
    const columns = [
      { key: 'name', label: 'training' },
      { key: 'a', label: 'mean', unit: '%', digits: 1 },
      { key: 'b', label: 'time', unit: 's' },
    ];
    const rows = [{ name: 'CE', a: -12.345, b: 3 }, { name: 'FCL', a: null, b: Number.NaN }, { name: 'none' }];
    const elements = parsePage(await renderHtml(reportOf({ tables: [{ title: 'T', columns, rows }] })));
    const cells = elements.filter(({ tagName }) => ['td', 'th'].includes(tagName));
    expect(cells.map(textOf).map((text) => text.trim())).toEqual([
      ...['training', 'mean (%)', 'time (s)'],
      ...['CE', '−12.3', '3'],
      ...['FCL', '–', '–'],
      ...['none', '–', '–'],
    ]);
    expect(attribute(cells[4], 'class')).toBe('number');
    expect(attribute(cells[3], 'scope')).toBe('row');
  });

  test('name a unit that all numbers share once, in the title', async () => {
    const columns = [{ key: 'name', label: 'training' }, ...['a', 'b'].map((key) => ({ key, label: key, unit: '%' }))];
    const page = await renderHtml(reportOf({ tables: [{ title: 'T', columns, rows: [{ name: 'CE', a: 1, b: 2 }] }] }));
    const elements = parsePage(page);
    expect(byTag(elements, 'h3').map(textOf)).toEqual(['T (%)']);
    expect(byTag(elements, 'th').map(textOf)).toEqual(['training', 'a', 'b', 'CE']);
  });
});

describe('figures', () => {
  test('leave the report as it was, even a frozen one', async () => {
    const freeze = <T>(value: T): T => {
      if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
      return value;
    };
    const before = JSON.stringify(lines);
    const frozen = freeze(structuredClone(lines));
    await renderHtml(reportOf({ figures: [{ title: 'Lines', spec: frozen }] }));
    expect(Object.getOwnPropertySymbols(frozen.data.values[0])).toEqual([]);
    expect(JSON.stringify(frozen)).toBe(before);
  });

  test('carry their specification and their numbers', async () => {
    const elements = parsePage(await renderHtml(reportOf({ figures: [{ title: 'Lines', spec: lines }] })));
    expect(JSON.parse(textOf(byTag(elements, 'script')[0]!))).toEqual(lines);
    expect(byTag(elements, 'td').map(textOf)).toEqual(['100', '91', '82', '100', '91', '82']);
    for (const svg of byTag(elements, 'svg')) {
      expect(attribute(svg, 'role')).toBe('img');
      expect(attribute(svg, 'aria-label')).toBe('Lines');
    }
  });

  test('are drawn for the page and, narrower, for phones', async () => {
    const elements = parsePage(await renderHtml(reportOf({ figures: [{ title: 'Lines', spec: lines }] })));
    const [wide, narrow] = byTag(elements, 'svg').map((svg) => Number(attribute(svg, 'width')));
    expect(wide).toBeGreaterThan(500);
    expect(narrow).toBeLessThanOrEqual(360);
  });

  test.each([
    ['data', { ...lines, data: { url: 'https://example.org/data.json' } }],
    ['a file', { ...lines, data: { url: 'file:///etc/passwd' } }],
    [
      'a picture',
      {
        data: { values: [{ u: 'https://example.org/a.png' }] },
        mark: 'image',
        encoding: { url: { field: 'u', type: 'nominal' } },
      },
    ],
    [
      'a link',
      {
        data: { values: [{ u: 'https://example.org/' }] },
        mark: 'point',
        encoding: { href: { field: 'u', type: 'nominal' } },
      },
    ],
  ])('that ask for %s from outside are refused', async (_, spec) => {
    const drawn = renderHtml(reportOf({ figures: [{ title: 'Outside', spec }] }));
    await expect(drawn).rejects.toThrow(
      /The figure "Outside" asks for ".+"\. Figures must hold what they show themselves/,
    );
    await expect(drawn).rejects.toSatisfy((error) => DataError.isInstance(error));
  });

  test('that cannot be drawn are named', async () => {
    const spec = { data: { values: [] }, mark: 'no-such-mark', encoding: {} };
    await expect(renderHtml(reportOf({ figures: [{ title: 'Odd', spec }] }))).rejects.toThrow(
      /The figure "Odd" cannot be drawn: /,
    );
  });
});

test('images say what they show and in which range', async () => {
  const image = { width: 2, height: 1, channels: 1, data: [0, 1] } as const;
  const map = { ...image, colormap: 'heat', range: [0, 2.5] } as const;
  const grid = {
    title: 'Maps',
    columns: ['input', 'map'],
    rows: [{ label: 'digit 3', images: [{ ...image, caption: '3 → 5' }, map] }],
  };
  const elements = parsePage(await renderHtml(reportOf({ images: [grid] })));
  expect(byTag(elements, 'img').map((one) => attribute(one, 'alt'))).toEqual(['digit 3, input: 3 → 5', 'digit 3, map']);
  expect(byTag(elements, 'li').map((one) => textOf(one).trim())).toEqual(['0  2.5']);
  expect(byTag(elements, 'th').map(textOf)).toEqual(['input', 'map', 'digit 3']);
});
