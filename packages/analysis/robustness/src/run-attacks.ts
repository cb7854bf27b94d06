import { batchTensors, disposeAll } from '@equipoise/kit';
import type { RunContext, RunEvent, Subject } from '@equipoise/spec';
import { attackBatch, type AttackedBatch } from './attack-batch.js';
import { type Chunk, finished } from './chunk.js';
import { type Clean, indicesFrom } from './clean.js';
import type { NamedAttack } from './named-attacks.js';
import type { ResolvedRobustnessOptions } from './options.js';

/** What is attacked, how, and what is known before. */
export interface Evaluation {
  /** Model and data. */
  readonly subject: Subject;
  /** The options. */
  readonly options: ResolvedRobustnessOptions;
  /** The attacks. */
  readonly attacks: readonly NamedAttack[];
  /** The samples. */
  readonly clean: Clean;
  /** What partial results depend on beside the options. */
  readonly fingerprint: string;
}

/** What an attack found out about all samples. */
export interface AttackResult extends Chunk {
  /** The attack. */
  readonly attack: NamedAttack;
}

/**
 * Runs every attack on every batch; what an earlier, interrupted run has finished is taken from the context's storage.
 *
 * @param evaluation what and how
 * @param context each attack gets its own stream by its name
 * @param tell hears how many of how many pieces are done
 */
export async function runAttacks(
  evaluation: Evaluation,
  context: RunContext,
  tell: (done: number) => void,
): Promise<AttackResult[]> {
  const { attacks, clean, options } = evaluation;
  const chunks: Chunk[][] = attacks.map(() => []);
  const contexts = attacks.map((attack) => contextOf(attack, context));
  let done = 0;
  for (let begin = 0; begin < clean.count; begin += options.batchSize) {
    const indices = indicesFrom(begin, Math.min(options.batchSize, clean.count - begin));
    const batch = openLater(clean, indices);
    try {
      for (const number of attacks.keys()) {
        context.signal?.throwIfAborted();
        const mine = chunks[number] as Chunk[];
        const drawn = mine.reduce((sum, { pictures }) => sum + pictures.length, 0);
        mine.push(
          await runChunk(evaluation, number, batch, options.pictures - drawn, {
            storage: context.storage,
            attack: contexts[number] as RunContext,
          }),
        );
        tell((done += 1));
      }
    } finally {
      await batch.dispose();
    }
  }
  return attacks.map((attack, number) => ({ attack, ...joined(chunks[number] as Chunk[]) }));
}

/** How many pieces {@link runAttacks} has. */
export function countChunks({ attacks, clean, options }: Evaluation): number {
  return attacks.length * Math.ceil(clean.count / options.batchSize);
}

interface LaterBatch {
  readonly indices: readonly number[];
  open(): Promise<AttackedBatch>;
  dispose(): Promise<void>;
}

/** A batch that is read when somebody needs it. */
function openLater({ split, correct }: Clean, indices: readonly number[]): LaterBatch {
  let opened: Promise<AttackedBatch> | undefined;
  const read = async (): Promise<AttackedBatch> => ({
    ...batchTensors(await split.examples(indices)),
    indices,
    correct: indices.map((index) => correct[index] === 1),
  });
  return {
    indices,
    open: () => (opened ??= read()),
    dispose: async () => {
      if (opened === undefined) return;
      const { x, labels } = await opened;
      disposeAll([x, labels]);
    },
  };
}

async function runChunk(
  { subject, fingerprint, options, attacks }: Evaluation,
  number: number,
  batch: LaterBatch,
  pictures: number,
  contexts: { readonly storage: RunContext['storage']; readonly attack: RunContext },
): Promise<Chunk> {
  const attack = attacks[number] as NamedAttack;
  const { name, norm, radii, hasRadius } = attack;
  const { indices } = batch;
  const depends = [fingerprint, options.split, name, norm, hasRadius, radii, indices[0], indices.length, pictures];
  return finished(contexts.storage, `attack-${number}-from-${indices[0]}`, JSON.stringify(depends), async () =>
    attackBatch(subject.model, attack, await batch.open(), pictures, contexts.attack),
  );
}

/** The context of an attack: a stream by its name, and warnings that say whose they are, once for each code. */
export function contextOf({ name }: NamedAttack, context: RunContext): RunContext {
  const told = new Set<string>();
  const report = (event: RunEvent): void => {
    if (event.type !== 'warning' || told.has(event.code)) return;
    told.add(event.code);
    context.report({
      ...event,
      message: `Attack "${name}": ${event.message}`,
      details: { ...event.details, attack: name },
    });
  };
  const { signal } = context;
  return { rng: context.rng.fork('attack').fork(name), report, ...(signal === undefined ? {} : { signal }) };
}

function joined(chunks: readonly Chunk[]): Chunk {
  const total = (key: 'forward' | 'backward' | 'seconds' | 'disagreements') =>
    chunks.reduce((sum, chunk) => sum + chunk[key], 0);
  return {
    distances: chunks.flatMap(({ distances }) => distances),
    violations: chunks.flatMap(({ violations }) => violations),
    pictures: chunks.flatMap(({ pictures }) => pictures),
    disagreements: total('disagreements'),
    forward: total('forward'),
    backward: total('backward'),
    seconds: total('seconds'),
  };
}
