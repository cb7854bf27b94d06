import type { Kind } from '@equipoise/spec';

const unavailable = (): never => {
  throw new TypeError('A stand-in of a component was used outside of validation.');
};

const standIns: Readonly<Record<Kind, object>> = {
  dataset: { info: { name: '', inputShape: [], bounds: [0, 1], classes: [], splits: [] }, split: unavailable },
  model: {
    inputShape: [],
    bounds: [0, 1],
    supports: { gradients: true, secondOrder: true, logits: true },
    variables: new Map(),
    forward: unavailable,
    dispose: unavailable,
  },
  loss: {
    needs: { labels: false, logits: false, views: 1, gradientOrder: 1 },
    variables: new Map(),
    doCompute: unavailable,
  },
  attack: {
    supports: { norms: ['linf', 'l2', 'l1'], targeted: true, gradients: false, stochastic: false },
    doPerturb: unavailable,
  },
  trainer: { doFit: unavailable },
  analysis: { doAnalyze: unavailable },
  backend: { tfjsName: '', capabilities: {}, doProbe: unavailable, doActivate: unavailable },
};

/** What takes the place of a component inside options while they are validated and nothing has been created yet. */
export function standIn(kind: Kind): object {
  return { ...standIns[kind] };
}
