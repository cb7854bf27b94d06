import { EquipoiseError, type Report } from '@equipoise/spec';
import * as z from 'zod';
import { isPlainObject } from '../registry/plain-object.js';

const finiteOrNull = z
  .custom<number>((value) => typeof value === 'number')
  .transform((x) => (Number.isFinite(x) ? x : null));
const cell = z.union([z.string(), z.boolean(), z.null(), finiteOrNull], {
  error: 'Expected a string, number, boolean or null',
});
const note = z.string().optional();

const table = z.object({
  title: z.string(),
  columns: z.array(
    z.object({
      key: z.string(),
      label: z.string(),
      unit: z.string().optional(),
      digits: z.int().min(0).max(20).optional(),
    }),
  ),
  rows: z.array(z.record(z.string(), cell)),
  note,
});

const figure = z.object({ title: z.string(), spec: z.record(z.string(), z.unknown()), note });

const image = z
  .object({
    caption: z.string().optional(),
    width: z.int().positive(),
    height: z.int().positive(),
    channels: z.union([z.literal(1), z.literal(3)]),
    data: z.custom<number[]>(isNumbers, 'Expected an array of finite numbers (a typed array is not JSON)'),
    range: z.tuple([z.number(), z.number()]).optional(),
    colormap: z.enum(['gray', 'heat', 'diverging']).optional(),
  })
  .refine((value) => value.data.length === value.width * value.height * value.channels, {
    path: ['data'],
    error: 'Expected width · height · channels values',
  });

const imageGrid = z.object({
  title: z.string(),
  columns: z.array(z.string()).optional(),
  rows: z.array(z.object({ label: z.string().optional(), images: z.array(image) })),
  note,
});

const reportSchema = z.object({
  reportVersion: z.literal(1),
  title: z.string(),
  summary: z.array(z.string()),
  tables: z.array(table),
  figures: z.array(figure),
  images: z.array(imageGrid),
  circumstances: z.array(table).optional(),
  data: z.record(z.string(), z.unknown()),
});

/**
 * Checks that a value is a report: what an analysis gave, or what was read from a file.
 *
 * Numbers in tables that are NaN or infinite become `null`, as JSON would make them.
 *
 * @throws EquipoiseError `EQUIPOISE_INVALID_REPORT` with every fault and its path
 */
export function parseReport(value: unknown): Report {
  const result = reportSchema.safeParse(value);
  const issues = result.success
    ? nonJson(result.data.data, 'data')
    : result.error.issues.map(({ path, message }) => `${path.join('.') || '(report)'}: ${message}`);
  if (!result.success || issues.length > 0) {
    throw new EquipoiseError('EQUIPOISE_INVALID_REPORT', `This is not a report:\n  ${issues.join('\n  ')}`, {
      details: { issues },
    });
  }
  return result.data as Report;
}

function isNumbers(value: unknown): boolean {
  return Array.isArray(value) && value.every((x) => Number.isFinite(x));
}

/** Where a value holds something that JSON cannot: typed arrays, maps, functions, big integers. */
function nonJson(value: unknown, path: string): string[] {
  if (value === null || value === undefined || ['string', 'number', 'boolean'].includes(typeof value)) return [];
  if (Array.isArray(value)) return value.flatMap((entry, index) => nonJson(entry, `${path}.${index}`));
  if (isPlainObject(value)) return Object.entries(value).flatMap(([key, entry]) => nonJson(entry, `${path}.${key}`));
  const name = typeof value === 'object' ? value.constructor.name : typeof value;
  return [`${path}: ${name} is not JSON`];
}
