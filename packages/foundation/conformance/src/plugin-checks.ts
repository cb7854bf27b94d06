import { validateOptions } from '@equipoise/kit';
import type { AnyComponent, Kind, Kinds, Plugin, RunContext } from '@equipoise/spec';
import type { Check } from './check.js';
import { analysisChecks, type AnalysisCheckOptions } from './checks/analysis-checks.js';
import { attackChecks, type AttackCheckOptions } from './checks/attack-checks.js';
import { backendChecks } from './checks/backend-checks.js';
import { componentChecks, pluginShapeChecks } from './checks/component-checks.js';
import { datasetChecks } from './checks/dataset-checks.js';
import { lossChecks } from './checks/loss-checks.js';
import { modelChecks } from './checks/model-checks.js';
import { trainerChecks } from './checks/trainer-checks.js';
import { checkContext, type Make } from './context.js';

/** What the checks need to know about single components. */
export interface PluginCheckOptions {
  /** Options of a component by `kind/name`, in the place of its `example`; a function where they hold other components. */
  readonly options?: Readonly<Record<string, unknown | (() => unknown)>>;
  /** What the checks of an analysis need, by name. */
  readonly analyses?: Readonly<Record<string, AnalysisCheckOptions>>;
  /** What the checks of an attack need, by name. */
  readonly attacks?: Readonly<Record<string, AttackCheckOptions>>;
}

function optionsOf(component: AnyComponent, { options = {} }: PluginCheckOptions): unknown {
  const given = options[`${component.kind}/${component.name}`];
  return (typeof given === 'function' ? (given as () => unknown)() : given) ?? component.example ?? {};
}

function maker<K extends Kind>(component: AnyComponent, settings: PluginCheckOptions): Make<Kinds[K]> {
  return (context: RunContext = checkContext()) => {
    const valid = validateOptions(
      component.options,
      `${component.kind} "${component.name}"`,
      optionsOf(component, settings),
    );
    return component.create(valid as never, context) as Kinds[K];
  };
}

function kindChecks(component: AnyComponent, settings: PluginCheckOptions): Check[] {
  const byKind: { readonly [K in Kind]: () => Check[] } = {
    dataset: () => datasetChecks(maker<'dataset'>(component, settings)),
    model: () => modelChecks(maker<'model'>(component, settings)),
    loss: () => lossChecks(maker<'loss'>(component, settings)),
    attack: () => attackChecks(maker<'attack'>(component, settings), settings.attacks?.[component.name]),
    trainer: () => trainerChecks(maker<'trainer'>(component, settings)),
    analysis: () => analysisChecks(maker<'analysis'>(component, settings), settings.analyses?.[component.name]),
    backend: () => backendChecks(maker<'backend'>(component, settings)),
  };
  return byKind[component.kind]?.() ?? [];
}

/**
 * Every check that applies to a plugin and its components; the active TensorFlow.js backend computes.
 *
 * Which checks say something is derived from what the components declare (`supports`, `needs`, `capabilities`); there is no
 * list of exceptions. Ids carry the component: `loss/no-leak (my-loss)`.
 */
export function pluginChecks(plugin: Plugin, settings: PluginCheckOptions = {}): Check[] {
  const named = (component: AnyComponent, checks: readonly Check[]) =>
    checks.map((check) => Object.freeze({ ...check, id: `${check.id} (${component.name})` }));
  return [
    ...pluginShapeChecks(plugin),
    ...plugin.components.flatMap((component) =>
      named(component, [
        ...componentChecks(component, optionsOf(component, settings)),
        ...kindChecks(component, settings),
      ]),
    ),
  ];
}
