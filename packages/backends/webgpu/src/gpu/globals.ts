/** The constants and classes of WebGPU that TensorFlow.js looks up by their global names whenever it computes. */
const needed = ['GPUBuffer', 'GPUBufferUsage', 'GPUMapMode', 'GPUTexture', 'GPUTextureUsage'] as const;

/** Defines those that the platform lacks, so that a `for` over the global object does not show them. */
export function provideGlobals(source: Readonly<Record<string, unknown>>): void {
  for (const name of needed) {
    if (name in globalThis) continue;
    Object.defineProperty(globalThis, name, { value: source[name], configurable: true, writable: true });
  }
}

/** Runs a function while `navigator.gpu` is there, and leaves `navigator` as it was. */
export function withNavigatorGpu<T>(gpu: GPU, use: () => T): T {
  if (globalThis.navigator?.gpu !== undefined) return use();
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true, writable: true });
  try {
    return use();
  } finally {
    if (before === undefined) Reflect.deleteProperty(globalThis, 'navigator');
    else Object.defineProperty(globalThis, 'navigator', before);
  }
}
