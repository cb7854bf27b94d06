import type { Kind, Kinds } from '@equipoise/spec';

const hasMethods =
  (...names: readonly string[]) =>
  (value: unknown): boolean =>
    typeof value === 'object' &&
    value !== null &&
    names.every((name) => typeof (value as Record<string, unknown>)[name] === 'function');

/** For each kind, whether a value is an instance of it, known by its methods and never by its class. */
export const kindGuards: { readonly [K in Kind]: (value: unknown) => value is Kinds[K] } = {
  dataset: hasMethods('split') as (value: unknown) => value is Kinds['dataset'],
  model: hasMethods('forward', 'dispose') as (value: unknown) => value is Kinds['model'],
  loss: hasMethods('doCompute') as (value: unknown) => value is Kinds['loss'],
  attack: hasMethods('doPerturb') as (value: unknown) => value is Kinds['attack'],
  trainer: hasMethods('doFit') as (value: unknown) => value is Kinds['trainer'],
  analysis: hasMethods('doAnalyze') as (value: unknown) => value is Kinds['analysis'],
  backend: hasMethods('doProbe', 'doActivate') as (value: unknown) => value is Kinds['backend'],
};
