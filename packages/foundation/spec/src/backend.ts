/** What a backend can do. */
export interface BackendCapabilities {
  /** Gradients with respect to weights, convolutions too. */
  readonly training: boolean;
  /** Gradients of gradients. */
  readonly secondOrder: boolean;
  /** Several instances can run side by side in worker threads. */
  readonly workers: boolean;
  /** Where it runs. */
  readonly environments: readonly ('node' | 'browser')[];
}

/** Whether a backend can be used here, and if not, how to get it. */
export type BackendStatus =
  | { readonly available: true; readonly device: string; readonly version: string }
  | { readonly available: false; readonly reason: string; readonly remedy: string };

/** Something that computes. */
export interface Backend {
  /** The name that TensorFlow.js knows it by once it is active. */
  readonly tfjsName: string;
  readonly capabilities: BackendCapabilities;
  /** Looks whether the backend can be used here, without making it the active one. */
  doProbe(): Promise<BackendStatus>;
  /** Makes it the active backend of TensorFlow.js, with complete kernels and gradients right to second order. */
  doActivate(): Promise<void>;
}
