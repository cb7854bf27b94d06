import { disposeAll, expandPerSample, tidied } from '@equipoise/kit';
import * as tf from '@tensorflow/tfjs-core';
import type { Evaluator, Keep, Look, Point, SampleState, Slope, StepRule } from './contracts.js';
import { Finished } from './finished.js';
import { keepBetter, keepFirst, type Kept } from './keeper.js';
import { freeBatch, type LiveBatch, openBatch, selectFrom, selectSeen } from './live-batch.js';

/** What moves, where to, and until when. */
export interface Ascent<State extends SampleState = SampleState> {
  /** Inputs that the region is around, `[batch, …]`. */
  readonly original: tf.Tensor;
  /** Where the samples start, given their streams; absent: at `original`. */
  readonly start?: (streams: readonly number[], original: tf.Tensor, rows: tf.Tensor1D) => tf.Tensor;
  /** Index of each sample in its split. */
  readonly sampleIndices: ArrayLike<number>;
  /** Where values, verdicts and gradients come from. */
  readonly evaluator: Evaluator;
  /** How the samples move. */
  readonly rule: StepRule<State>;
  /** Number of moves. */
  readonly steps: number;
  /** Which iterate is given back. */
  readonly keep: Keep;
  /** Samples that met the criterion stop moving, as those do with which the rule is done; with `mayShrink` they leave the batch. */
  readonly stopAtSuccess?: boolean;
  /** The evaluator can be asked about some of the rows, or about several copies. */
  readonly mayShrink?: boolean;
  /** Number of copies of each sample, of which the best is given back: side by side with `mayShrink`, else one after the other. */
  readonly copies?: number;
  /** Whether the point after the last move is looked at; without, it cannot be the best one, nor a success. */
  readonly lookAtLast?: boolean;
  /** Sees every point, before the samples move on; it owns nothing of it. */
  readonly observe?: (point: Point) => void | Promise<void>;
  /** Aborted when the loop shall stop. */
  readonly signal?: AbortSignal | undefined;
}

/** Where the samples ended. */
export interface Ascended {
  /** The kept iterates, of the shape of `original`. */
  readonly x: tf.Tensor;
  /** The objective there, `[batch]`. */
  readonly values: tf.Tensor1D;
  /** Whether the criterion was met there, `[batch]`, bool. */
  readonly success: tf.Tensor1D;
}

/**
 * Moves inputs uphill: evaluate, remember the best, let the finished leave, step. The one such loop of the project.
 *
 * Gradient steps, adaptive steps, proximal steps and random proposals are rules; attacks, robustified data sets,
 * inversion and synthesis are evaluators. A sample's way depends on that sample, its stream and the rule alone, so it is
 * the same whether others leave the batch or not.
 *
 * @param ascent what moves; it stays the caller's
 * @returns the kept iterates, which the caller owns
 * @throws whatever `signal` was aborted with, and what evaluator and rule throw; nothing is left behind
 */
export async function ascend<State extends SampleState>(ascent: Ascent<State>): Promise<Ascended> {
  const finished = new Finished();
  const { copies = 1, mayShrink = false } = ascent;
  try {
    if (mayShrink) await run(ascent, begin(ascent, copies, 0), finished);
    else for (let copy = 0; copy < copies; copy++) await run(ascent, begin(ascent, 1, copy), finished);
    const { x, rank, values, success } = await finished.collect(ascent.original.shape[0] ?? 0);
    rank.dispose();
    return { x, values, success };
  } finally {
    finished.dispose();
  }
}

async function run<State extends SampleState>(
  ascent: Ascent<State>,
  begun: LiveBatch<State>,
  finished: Finished,
): Promise<void> {
  let live = begun;
  try {
    for (let step = 0; step <= ascent.steps && live.slots.length > 0; step++) {
      ascent.signal?.throwIfAborted();
      live = await visit(ascent, live, step, finished);
    }
    if (live.slots.length > 0) finished.add(live.slots, release(live));
  } finally {
    freeBatch(live);
  }
}

function release(live: LiveBatch<SampleState>): Kept {
  const kept = live.kept as Kept;
  live.kept = undefined;
  return kept;
}

function begin<State extends SampleState>(ascent: Ascent<State>, copies: number, firstCopy: number): LiveBatch<State> {
  const { original, sampleIndices, rule } = ascent;
  const start = ascent.start ?? ((_, from: tf.Tensor) => from);
  const opened = openBatch(start, original, sampleIndices, copies, firstCopy);
  const place = { rows: opened.rows, streams: opened.streams, step: 0 };
  return { ...opened, state: rule.init(opened.x, opened.original, place), kept: undefined };
}

/** One look and, unless it was the last, one move; frees what it replaces. */
async function visit<State extends SampleState>(
  ascent: Ascent<State>,
  live: LiveBatch<State>,
  step: number,
  finished: Finished,
): Promise<LiveBatch<State>> {
  const isLast = step === ascent.steps;
  if (isLast && ascent.lookAtLast === false) return ascent.keep === 'last' ? endUnseen(live) : live;
  const place = { rows: live.rows, streams: live.streams, step };
  const { evaluator, rule, steps } = ascent;
  const seen = tidied((): Look & Partial<Slope> =>
    isLast || !rule.gradients ? evaluator.look(live.x, place) : evaluator.slope(live.x, place),
  );
  try {
    const point: Point = { ...place, x: live.x, original: live.original, seen, steps };
    await ascent.observe?.(point);
    live.kept = replaced(live.kept, remember(ascent.keep, live.kept, point));
    if (isLast) return live;
    return await moveOn(ascent, live, point, finished);
  } finally {
    disposeAll(Object.values(seen));
  }
}

function remember(keep: Keep, kept: Kept | undefined, point: Point): Kept {
  return tidied(() => (kept ? keepBetter(keep, kept, point) : keepFirst(keep, point)));
}

/** The end of a loop that keeps the last point without looking at it: nothing is known of its success. */
function endUnseen<State extends SampleState>(live: LiveBatch<State>): LiveBatch<State> {
  const { kept, x } = live;
  const unknown = tf.tidy(() => ({
    x: tf.clone(x),
    rank: kept ? tf.clone(kept.rank) : tf.zeros([live.slots.length]),
    values: tf.fill([live.slots.length], NaN),
    success: tf.zeros([live.slots.length], 'bool'),
  })) as Kept;
  live.kept = replaced(kept, unknown);
  return live;
}

async function moveOn<State extends SampleState>(
  ascent: Ascent<State>,
  live: LiveBatch<State>,
  point: Point,
  finished: Finished,
): Promise<LiveBatch<State>> {
  const done = await doneOf(ascent, live, point);
  if (!done.includes(true)) return step(ascent, live, point, done);
  const isOver = !done.includes(false);
  if (!isOver && !ascent.mayShrink) return step(ascent, live, point, done);
  const places = done.flatMap((one, place) => (one ? [] : [place]));
  leave(live, done, finished);
  if (isOver) return live;
  const seen = tidied(() => selectSeen(point.seen, places));
  try {
    const { rows, streams, x, original } = live;
    return await step(ascent, live, { ...point, rows, streams, x, original, seen }, []);
  } finally {
    disposeAll(Object.values(seen));
  }
}

/** One move; samples that are done and still in the batch stay where they are. */
async function step<State extends SampleState>(
  { rule, evaluator }: Ascent<State>,
  live: LiveBatch<State>,
  point: Point,
  done: readonly boolean[],
): Promise<LiveBatch<State>> {
  const move = await rule.next(point, live.state, evaluator);
  const x = done.includes(true) ? held(point.x, move.x, done) : move.x;
  disposeAll([live.x, Object.values(live.state)].flat().filter((old) => !isIn(old, x, move.state)));
  return Object.assign(live, { x, state: move.state });
}

const isIn = (old: tf.Tensor, x: tf.Tensor, state: SampleState) => old === x || Object.values(state).includes(old);

/** Whether each sample is to move no more: it, or a copy of it, met the criterion, or its rule is done with it. */
async function doneOf<State extends SampleState>(
  { stopAtSuccess, rule }: Ascent<State>,
  { kept, slots, rows, state }: LiveBatch<State>,
  point: Point,
): Promise<readonly boolean[]> {
  const idle = await idleOf(rule, point, state);
  if (!stopAtSuccess) return slots.map((_, place) => Boolean(idle?.[place]));
  const [success, places] = await Promise.all([(kept as Kept).success.data(), rows.data()]);
  const doneRows = new Set(slots.flatMap((_, place) => (success[place] ? [places[place]] : [])));
  return slots.map((_, place) => doneRows.has(places[place]) || Boolean(idle?.[place]));
}

async function idleOf<State extends SampleState>(rule: StepRule<State>, point: Point, state: State) {
  const isIdle = rule.isIdle && tidied(() => rule.isIdle?.(point, state));
  const values = await isIdle?.data();
  isIdle?.dispose();
  return values;
}

/** Lets samples leave the batch, which holds the others from then on. */
function leave(live: LiveBatch<SampleState>, done: readonly boolean[], finished: Finished): void {
  const placesWhere = (wanted: boolean) => done.flatMap((one, place) => (one === wanted ? [place] : []));
  const leaving = selectFrom(live, placesWhere(true));
  finished.add(leaving.slots, leaving.kept as Kept);
  freeBatch({ ...leaving, kept: undefined });
  const before = { ...live };
  Object.assign(live, selectFrom(live, placesWhere(false)));
  freeBatch(before);
}

/** Finished samples stay where they are, if they may not leave. */
function held(before: tf.Tensor, after: tf.Tensor, done: readonly boolean[]): tf.Tensor {
  const x = tf.tidy(() => {
    const isDone = expandPerSample(tf.tensor1d([...done], 'bool'), after.rank);
    return tf.where(tf.broadcastTo(isDone, after.shape), before, after);
  });
  after.dispose();
  return x;
}

function replaced(old: Kept | undefined, next: Kept): Kept {
  if (old) disposeAll(Object.values(old));
  return next;
}
