/** What a preset says about the shape of a network. */
export interface CnnArchitecture {
  /** Convolutions, in order. */
  readonly convolutions: readonly ConvolutionShape[];
  /** What follows each convolution's activation. */
  readonly pooling: { readonly type: 'none' | 'max' | 'average'; readonly size?: number };
  /** Sizes of the dense hidden layers. */
  readonly dense: readonly number[];
}

/** One convolution of a preset. */
export interface ConvolutionShape {
  readonly channels: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly padding: number;
}

/**
 * Architectures by name.
 *
 * - `small`: the net on which Feature Contrastive Learning was reconstructed: 5×5×16 stride 2 padding 2, 5×5×32 stride 2
 *   padding 1, dense 128, no pooling; 28×28×1 becomes 6·6·32 = 1152 features before the dense layer.
 * - `madry-mnist`: Madry et al. (2018), "Towards deep learning models resistant to adversarial attacks", MNIST: 5×5×32 and
 *   5×5×64, each followed by 2×2 max-pooling, dense 1024; 3,274,634 weights with 10 classes.
 */
export const cnnPresets = {
  small: {
    convolutions: [
      { channels: 16, kernel: 5, stride: 2, padding: 2 },
      { channels: 32, kernel: 5, stride: 2, padding: 1 },
    ],
    pooling: { type: 'none' },
    dense: [128],
  },
  'madry-mnist': {
    convolutions: [
      { channels: 32, kernel: 5, padding: 2 },
      { channels: 64, kernel: 5, padding: 2 },
    ],
    pooling: { type: 'max', size: 2 },
    dense: [1024],
  },
} as const satisfies Readonly<Record<string, CnnArchitecture>>;

/** The names of the architectures. */
export type CnnPreset = keyof typeof cnnPresets;
