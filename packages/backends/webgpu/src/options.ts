import * as z from 'zod';

/** Schema of the options of `webgpu`. */
export const webgpuSchema = z.strictObject({
  powerPreference: z
    .enum(['high-performance', 'low-power'])
    .default('high-performance')
    .describe('Which GPU is asked for where a machine has several: the fast one or the one that saves energy'),
  forceFallbackAdapter: z
    .boolean()
    .default(false)
    .describe('Whether a driver in software (SwiftShader) is asked for: slow, to test on machines without a GPU'),
  adapter: z
    .string()
    .min(1)
    .optional()
    .describe('In Node only: a part of the name of the GPU to use, as the probe shows it'),
});

/** Options of `webgpu`. */
export type WebgpuOptions = z.input<typeof webgpuSchema>;

/** The options with their defaults. */
export type WebgpuSettings = z.output<typeof webgpuSchema>;
