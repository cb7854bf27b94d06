import type { ComponentDescription, JsonSchema } from '@equipoise/core';
import { readEvents, runFiles, runStatus } from '@equipoise/core/node';
import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { usageError } from '../failure.js';
import { columns, type Output } from '../output.js';
import { kindOf, registryOf, withCommonOptions, type CommonOptions } from './common.js';

interface OptionSchema {
  readonly type?: string | readonly string[];
  readonly default?: unknown;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly OptionSchema[];
  readonly oneOf?: readonly OptionSchema[];
  readonly equipoiseKind?: string;
}

function typeOf(schema: OptionSchema): string {
  if (schema.equipoiseKind !== undefined) return `a ${schema.equipoiseKind}`;
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return [...new Set(choices.map(typeOf))].join(' | ');
  return [schema.type ?? 'any'].flat().join(' | ');
}

function optionTable(schema: JsonSchema | undefined): string {
  if (schema === undefined) return 'Its schema cannot be shown.';
  const required = (schema['required'] as readonly string[] | undefined) ?? [];
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, OptionSchema>);
  if (properties.length === 0) return 'No options.';
  const rows = properties.map(([name, option]) => [
    name,
    typeOf(option),
    option.default === undefined ? (required.includes(name) ? 'required' : '') : JSON.stringify(option.default),
    option.description ?? '',
  ]);
  return columns(['option', 'type', 'default', 'what it is'], rows);
}

function describeComponent(component: ComponentDescription): string {
  const { kind, name, description, pluginId, optionsSchema, example } = component;
  const lines = [`${kind} "${name}": ${description}`, `from ${pluginId}`, '', optionTable(optionsSchema)];
  return example === undefined
    ? lines.join('\n')
    : [...lines, '', `Example options: ${JSON.stringify(example)}`].join('\n');
}

async function describeRun(folder: string): Promise<Record<string, unknown>> {
  const read = async (name: string) =>
    JSON.parse(await readFile(join(folder, name), 'utf8')) as Record<string, unknown>;
  const events = await readEvents(folder);
  const ended = events.filter((event) => event['type'] === 'job-end');
  return {
    folder,
    status: await runStatus(folder),
    config: await read(runFiles.config),
    environment: await read(runFiles.environment),
    jobs: ended.map(({ job, status, seconds }) => ({ job, status, seconds })),
    warnings: events.filter((event) => event['type'] === 'warning').map(({ message }) => message),
  };
}

/** Adds `equipoise show`. */
export function addShow(program: Command, output: Output): void {
  const command = program
    .command('show')
    .description('Show a component with its options, or what a run folder holds.')
    .argument('<what...>', 'a kind and a name, or a run folder')
    .addHelpText('after', '\nExamples:\n  $ equipoise show loss fcl\n  $ equipoise show runs/fcl-synthetic-mnist');
  withCommonOptions(command).action(async (what: readonly string[], options: CommonOptions) => {
    const [first, second] = what as [string, string | undefined];
    if (second !== undefined) {
      const component = (await registryOf(options)).describe(kindOf(first), second);
      return output.out(options.json ? JSON.stringify(component) : describeComponent(component));
    }
    if (!(await runStatus(first)).endsWith(' run')) {
      throw usageError(
        `${first} is not a run folder. Give a run folder, or a kind and a name: equipoise show loss fcl.`,
      );
    }
    const run = await describeRun(first);
    return output.out(options.json ? JSON.stringify(run) : showRun(run));
  });
}

function showRun(run: Record<string, unknown>): string {
  const jobs = run['jobs'] as readonly { job: string; status: string; seconds: number }[];
  const warnings = run['warnings'] as readonly string[];
  return [
    `${String(run['folder'])}: ${String(run['status'])}`,
    '',
    columns(
      ['job', 'status', 'seconds'],
      jobs.map(({ job, status, seconds }) => [job, status, String(seconds)]),
    ),
    ...(warnings.length === 0 ? [] : ['', 'Warnings:', ...warnings.map((text) => `  ${text}`)]),
    '',
    `Configuration and environment: equipoise show ${String(run['folder'])} --json`,
  ].join('\n');
}
