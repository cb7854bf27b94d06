/** How TensorFlow's context is set up. */
export interface ContextSettings {
  /** Threads that share one operation; TensorFlow takes one for each core if it is not given. */
  readonly threads?: number | undefined;
  /** Take memory of the GPU as it is needed, not all at once. */
  readonly memoryGrowth?: boolean | undefined;
  /** Number of the GPU to use. */
  readonly device?: number | undefined;
}

/**
 * TensorFlow's `ConfigProto` in the format of protocol buffers: `intra_op_parallelism_threads` (2), `inter_op_parallelism_threads` (5: one, as operations
 * are run one after another) and `gpu_options` (6) with `allow_growth` (4) and `visible_device_list` (5).
 */
export function configProto({ threads, memoryGrowth, device }: ContextSettings): Uint8Array {
  const gpu = [
    ...(memoryGrowth === undefined ? [] : number(4, memoryGrowth ? 1 : 0)),
    ...(device === undefined ? [] : bytes(5, [...new TextEncoder().encode(String(device))])),
  ];
  return Uint8Array.from([
    ...(threads === undefined ? [] : number(2, threads)),
    ...number(5, 1),
    ...(gpu.length === 0 ? [] : bytes(6, gpu)),
  ]);
}

const number = (field: number, value: number) => [field << 3, ...varint(value)];
const bytes = (field: number, content: readonly number[]) => [(field << 3) | 2, ...varint(content.length), ...content];

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))];
}
