import * as z from 'zod';

const pixels = z.int().positive();

const sigma = z.union([
  z.number().nonnegative(),
  z
    .tuple([z.number().nonnegative(), z.number().nonnegative()])
    .refine(([low, high]) => low <= high, { error: 'Expected [low, high] with low <= high.' }),
]);

const noise = z.strictObject({
  type: z.literal('noise').describe('Gaussian noise: δ = σn, n ~ N(0, 1) for every entry'),
  sigma: sigma
    .default([0, 0.5])
    .describe('Standard deviation in units of the input: one number, or [low, high], uniform in that range per image'),
  clip: z.boolean().default(true).describe("Whether the view is cut off at the model's bounds"),
});

const swap = z.strictObject({
  type: z.literal('swap').describe('The entries of another image of the batch, drawn at random per image'),
});

const erase = z.strictObject({
  type: z.literal('erase').describe('One value in place of the entries, cut off at the bounds of the model'),
  value: z.number().default(0).describe('The value, in units of the input'),
});

const perturbation = z.discriminatedUnion('type', [noise, swap, erase]);
const defaultPerturbation: z.output<typeof noise> = { type: 'noise', sigma: [0, 0.5], clip: true };

const finite = z.strictObject({
  delta: z.number().default(0.5).describe('δ, the step of a perturbed block, in units of the input'),
  blockSize: pixels.default(4).describe('Side of a block in pixels (in entries where inputs are vectors)'),
  perChannel: z.boolean().default(false).describe('Whether the channels of a pixel are moved one by one'),
  bothSigns: z.boolean().default(true).describe('Whether the mean over δ and −δ is taken instead of δ alone'),
  of: z.enum(['cross-entropy', 'margin']).default('cross-entropy').describe('What is looked at: loss or margin'),
});

const box = z.strictObject({
  top: z.int().nonnegative().describe('First row, in pixels'),
  left: z.int().nonnegative().describe('First column, in pixels'),
  height: pixels.describe('Number of rows'),
  width: pixels.describe('Number of columns'),
});

const oracle = z.strictObject({
  boxes: z.array(box).min(1).describe('Boxes of the image, such as the four corner boxes of synthetic MNIST'),
  inside: z
    .array(z.int().nonnegative())
    .describe('Labels whose useful entries lie inside the boxes; for all others they lie outside'),
  whole: z.boolean().default(false).describe('Whether H is the whole region instead of k entries drawn in it'),
});

/** The schema of the options of the loss `fcl`. */
export const fclSchema = z
  .strictObject({
    utility: z
      .enum(['loss-gradient', 'margin', 'finite'])
      .default('loss-gradient')
      .describe('The utility map: |∇ₓ cross-entropy|, |∇ₓ margin|, or the change under finite perturbations'),
    finite: finite.prefault({}).describe('Settings of utility "finite"'),
    blurSize: z
      .int()
      .positive()
      .refine((size) => size % 2 === 1, { error: 'Expected an odd number of pixels.' })
      .default(1)
      .describe('Side in pixels of the window over which the utility map is averaged; 1 for no blur'),
    masks: z
      .enum(['utility', 'random', 'oracle', 'all'])
      .default('utility')
      .describe('Where the masks come from: the utility map, chance (control), the task (control), or every entry'),
    oracle: oracle.optional().describe('Settings of masks "oracle"'),
    fraction: z
      .number()
      .gt(0)
      .max(1)
      .default(0.2)
      .describe('k: the fraction of the entries of an input, channels included, that are of high utility'),
    lowRule: z
      .enum(['rest', 'random', 'bottom', 'bottom-half'])
      .default('rest')
      .describe('The entries of low utility: all the rest, k of the rest at random, the bottom k, the bottom half'),
    high: perturbation.default(defaultPerturbation).describe('How the high-utility view is perturbed'),
    low: perturbation.default(defaultPerturbation).describe('How the low-utility view is perturbed'),
    equaliseEnergy: z
      .boolean()
      .default(false)
      .describe(
        "Whether the low perturbation is scaled to the Euclidean norm of the high one's, per image, before clipping",
      ),
    relation: z
      .enum(['pair', 'in-batch', 'hinge', 'pull', 'none'])
      .default('pair')
      .describe('How the embeddings of the views are related to that of the clean input'),
    relationWeight: z.number().nonnegative().default(0.2).describe('λ, the weight of the relation term'),
    temperature: z.number().positive().default(0.5).describe('τ of the relations "pair" and "in-batch"'),
    embedding: z
      .enum(['cosine', 'raw'])
      .default('cosine')
      .describe('Whether embeddings are scaled to length 1 before they are related'),
    negatives: z
      .enum(['high-views', 'own-high-view-and-anchors'])
      .default('high-views')
      .describe('The negatives of relation "in-batch": all high views, or the own one and the other clean inputs'),
    margin: z.number().nonnegative().default(0.5).describe('m of relation "hinge", in units of the embedding'),
    lowViewWeight: z.number().nonnegative().default(1).describe('Weight of the cross-entropy on the low view'),
    highViewWeight: z.number().nonnegative().default(0).describe('Weight of the cross-entropy on the high view'),
    warmUpFraction: z
      .number()
      .min(0)
      .max(1)
      .default(0.3)
      .describe(
        'Fraction of the steps, at the start, in which the loss is plain cross-entropy; 0 after a shared start',
      ),
    warmUpSteps: z.int().nonnegative().optional().describe('The same as a number of steps; wins over warmUpFraction'),
  })
  .refine((options) => options.masks !== 'oracle' || options.oracle !== undefined, {
    path: ['oracle'],
    error: 'Required by masks: "oracle": { boxes, inside }.',
  });

/** Options of the loss `fcl`, as they are given; every one has a default. */
export type FclOptions = z.input<typeof fclSchema>;

/** Options of the loss `fcl` with the defaults filled in. */
export type FclSettings = z.output<typeof fclSchema>;

/** How a view is perturbed. */
export type PerturbationSettings = z.output<typeof perturbation>;

/** Standard deviation of noise: fixed, or a range from which each image draws its own. */
export type Sigma = z.output<typeof sigma>;

/** Settings of the finite utility map. */
export type FiniteUtilityOptions = z.output<typeof finite>;

/** Boxes and labels of oracle masks. */
export type OracleOptions = z.output<typeof oracle>;

/** What the utility map is made from. */
export type UtilitySettings = Pick<FclSettings, 'utility' | 'finite' | 'blurSize'>;

/** What the masks are made from. */
export type MaskSettings = Pick<FclSettings, 'masks' | 'oracle' | 'fraction' | 'lowRule'>;

/** What the relation term is made from. */
export type RelationSettings = Pick<FclSettings, 'relation' | 'temperature' | 'embedding' | 'negatives' | 'margin'>;
