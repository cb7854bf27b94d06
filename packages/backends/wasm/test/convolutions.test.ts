import { cpu } from '@equipoise/backend-cpu';
import { testConvolutions } from '@equipoise/internal-testing';
import { beforeAll, describe } from 'vitest';
import { wasm } from '../src/index.js';
import { expectAgreement } from './agreement.js';

beforeAll(async () => {
  await cpu().doActivate();
  await wasm().doActivate();
});

describe('kernels of the backend wasm agree with those of cpu', () => testConvolutions(expectAgreement));
