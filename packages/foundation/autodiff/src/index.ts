/** Placeholder until the real one lands. */
export function enableGradients(): void {}
