import type { Cell, ReportTable } from '@equipoise/spec';

/** What stands for a number that is missing or not finite. */
export const missing = '–';

/** A number without `digits`: whole ones as they are, others to four significant digits. */
function formatNumber(value: number, digits: number | undefined): string {
  if (!Number.isFinite(value)) return missing;
  const text =
    digits === undefined
      ? String(Number.isInteger(value) ? value : Number(value.toPrecision(4)))
      : value.toFixed(digits);
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text;
}

/** A cell as text; `null` and numbers that are not finite become a dash. */
export function formatCell(cell: Cell | undefined, digits?: number): string {
  if (cell === null || cell === undefined) return missing;
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  return typeof cell === 'number' ? formatNumber(cell, digits) : cell;
}

const numberLike = /^[-−+±<>≤≥≈~]?\s*[\d.]+[\s\d.,%±()[\]–−-]*$/;

/** Whether the cells of a column are to be aligned like numbers: all are numbers, missing, or text such as `71.2 ± 0.4`. */
export function isNumericColumn({ columns, rows }: ReportTable, key: string): boolean {
  const cells = rows.map((row) => row[key]).filter((cell) => cell !== null && cell !== undefined);
  if (cells.length === 0) return key !== columns[0]?.key;
  if (key === columns[0]?.key) return cells.every((cell) => typeof cell === 'number');
  return cells.every((cell) => typeof cell === 'number' || (typeof cell === 'string' && numberLike.test(cell)));
}

/** Takes the unit out of the columns if all columns of numbers, at least two, have the same one. */
export function withCommonUnit(table: ReportTable): { readonly table: ReportTable; readonly unit?: string } {
  const numeric = table.columns.filter(({ key }) => isNumericColumn(table, key));
  const [unit, ...others] = new Set(numeric.map((column) => column.unit ?? ''));
  if (unit === undefined || unit === '' || others.length > 0 || numeric.length < 2) return { table };
  return { table: { ...table, columns: table.columns.map((column) => ({ ...column, unit: '' })) }, unit };
}

/** A heading with its unit, such as `balance (%)`. */
export function withUnit(label: string, unit: string | undefined): string {
  return unit === undefined || unit === '' ? label : `${label} (${unit})`;
}
