import { kernelAgreement } from '@equipoise/internal-testing';
import { node } from '../src/index.js';

/** Whether TensorFlow is set up on this machine; tests that need it are left out where it is not. */
export const status = await node().doProbe();

/** Demands of a kernel what that of `cpu` gives. */
export const expectAgreement = kernelAgreement('tensorflow');
