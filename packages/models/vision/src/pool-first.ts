import type { Layer, LayerStep } from './layers/layer.js';

/**
 * The steps of layers in an order that computes less: a pool of maxima comes before the monotone steps that stand before it, because the
 * largest of f(x) is f of the largest x. Offsets and activations then work on a quarter of the values where the windows are 2×2.
 *
 * @param layers layers in the order of the network
 */
export function poolFirst(layers: readonly Layer[]): readonly LayerStep[] {
  const ordered: LayerStep[] = [];
  for (const step of layers.flatMap((layer) => layer.steps ?? [{ run: layer.apply.bind(layer) }])) {
    const place =
      step.kind === 'maxima' ? ordered.findLastIndex(({ kind }) => kind !== 'monotone') + 1 : ordered.length;
    ordered.splice(place, 0, step);
  }
  return ordered;
}
