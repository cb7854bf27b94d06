import { suggestion } from '@equipoise/kit';
import { InvalidOptionsError } from '@equipoise/spec';

/** A class by its name or by its label. */
export type ClassChoice = string | number;

/**
 * The labels of the classes that were chosen, in the order of the choice.
 *
 * @param subject whose options they are, such as `dataset "cifar-10"`
 * @param names the names of all classes
 * @param chosen the classes to keep; all of them if absent
 * @throws InvalidOptionsError for a class that does not exist or is given twice
 */
export function chosenLabels(
  subject: string,
  names: readonly string[],
  chosen: readonly ClassChoice[] = names,
): readonly number[] {
  const labels = chosen.map((one) => (typeof one === 'number' ? one : names.indexOf(one)));
  const issues = labels.flatMap((label, position) => {
    const given = chosen[position] as ClassChoice;
    const problem =
      classProblem(given, label, names) ?? (labels.indexOf(label) < position ? 'is given twice' : undefined);
    return problem === undefined
      ? []
      : [{ path: ['classes', position], message: `Class ${JSON.stringify(given)} ${problem}.` }];
  });
  if (issues.length > 0) throw new InvalidOptionsError(subject, issues);
  return labels;
}

function classProblem(given: ClassChoice, label: number, names: readonly string[]): string | undefined {
  if (label >= 0 && label < names.length) return undefined;
  const near = typeof given === 'string' ? suggestion(given, names) : undefined;
  const hint = near === undefined ? `there are ${names.length}: ${names.join(', ')}` : `did you mean "${near}"?`;
  return `does not exist; ${hint}`;
}
