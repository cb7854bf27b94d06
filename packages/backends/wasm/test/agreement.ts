import { kernelAgreement } from '@equipoise/internal-testing';

/** Demands of a kernel what that of `cpu` gives. */
export const expectAgreement = kernelAgreement('wasm');
