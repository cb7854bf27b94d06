import { zeroGradient, type GradientDefinition } from './definition.js';

const ofX = [
  'Sign',
  'Step',
  'Floor',
  'Ceil',
  'Round',
  'ZerosLike',
  'OnesLike',
  'IsNan',
  'IsInf',
  'IsFinite',
  'LogicalNot',
  'All',
  'Any',
  'ArgMax',
  'ArgMin',
];
const ofTwo = [
  'Equal',
  'NotEqual',
  'Greater',
  'GreaterEqual',
  'Less',
  'LessEqual',
  'LogicalAnd',
  'LogicalOr',
  'LogicalXor',
  'FloorDiv',
];

/** Zero gradients of kernels that are constant between jumps: rounding, comparisons, arguments of extrema. */
export const constantGradients: readonly GradientDefinition[] = [
  ...ofX.map((kernelName) => zeroGradient(kernelName, 'x')),
  ...ofTwo.map((kernelName) => zeroGradient(kernelName, 'a', 'b')),
  zeroGradient('OneHot', 'indices'),
];
