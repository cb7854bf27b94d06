import {
  block,
  type Code,
  f32,
  f32x4,
  type FunctionDefinition,
  type Frame,
  i32,
  type Local,
  times,
  type types,
} from './assembler.js';

/** How a turn moves numbers: four channels at once, or one of those that remain. */
interface Width {
  load(address: Code): Code;
  store(address: Code, value: Code): Code;
}

const wide: Width = { load: (address) => f32x4.load(address), store: (address, value) => f32x4.store(address, value) };
const narrow: Width = { load: (address) => f32x4.loadOne(address), store: f32x4.storeOne };

/** The variables that a window is walked through with. */
interface Walk {
  readonly rows: Local;
  readonly columns: Local;
  /** Bytes from the end of a row of the window to the beginning of the next. */
  readonly rowGap: Local;
  readonly channels: Local;
  /** Bytes from the first tap to the present one. */
  readonly tap: Local;
  readonly counters: readonly [Local, Local];
}

/** Runs the body for every tap of the window. */
function overTaps({ rows, columns, rowGap, channels, tap, counters }: Walk, body: Code): Code {
  const [rowsLeft, columnsLeft] = counters;
  const pixel = i32.multiply(channels.get, i32.constant(4));
  return block(
    tap.set(i32.constant(0)),
    times(rowsLeft, rows.get, times(columnsLeft, columns.get, body, tap.increase(pixel)), tap.increase(rowGap.get)),
  );
}

/**
 * A function of a window of an image, for all its channels:
 * `name(image, other, pixel, rows, columns, rowGap, channels, numbers…)`: the addresses of the window's first tap in two images and of one output pixel.
 */
function windowFunction(
  name: string,
  numbers: readonly (keyof typeof types)[],
  body: (
    frame: Frame,
    places: readonly [image: Local, other: Local, pixel: Local],
    walk: Walk,
    numbers: readonly Local[],
  ) => (width: Width) => Code,
): FunctionDefinition {
  return {
    name,
    parameters: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', ...numbers],
    body: (frame, parameters) => {
      const [image, other, pixel, rows, columns, rowGap, channels, ...rest] = parameters as Seven;
      const counters = frame.locals('i32', 2) as [Local, Local];
      const turn = body(
        frame,
        [image, other, pixel],
        { rows, columns, rowGap, channels, tap: frame.local('i32'), counters },
        rest,
      );
      const advance = (bytes: number) =>
        block(...[image, other, pixel].map((place) => place.increase(i32.constant(bytes))));
      return block(
        times(frame.local('i32'), i32.quarter(channels.get), turn(wide), advance(16)),
        times(frame.local('i32'), i32.remainder4(channels.get), turn(narrow), advance(4)),
      );
    },
  };
}

type Seven = [Local, Local, Local, Local, Local, Local, Local, ...Local[]];

/** Runs the body at every tap with a mask of ones where the image has its first maximum of the window. */
function atFirstMaximum(frame: Frame, image: Local, walk: Walk, body: (mask: Code) => Code): (width: Width) => Code {
  const [largest, found, mask] = frame.locals('v128', 3) as [Local, Local, Local];
  return ({ load }) => {
    const value = load(i32.add(image.get, walk.tap.get));
    return block(
      largest.set(f32x4.splat(f32.constant(-Infinity))),
      overTaps(walk, largest.set(f32x4.larger(largest.get, value))),
      found.set(f32x4.zero),
      overTaps(
        walk,
        block(
          mask.set(f32x4.andNot(f32x4.equal(value, largest.get), found.get)),
          found.set(f32x4.or(found.get, mask.get)),
          body(mask.get),
        ),
      ),
    );
  };
}

/** `scatterMaximum(x, dx, dy, …)`: adds dy to dx at the first maximum of x. */
export const scatterMaximum = windowFunction('scatterMaximum', [], (frame, [x, dx, dy], walk) => {
  const gradient = frame.local('v128');
  return (width) => {
    const place = i32.add(dx.get, walk.tap.get);
    const add = (mask: Code) => width.store(place, f32x4.add(width.load(place), f32x4.and(gradient.get, mask)));
    return block(gradient.set(width.load(dy.get)), atFirstMaximum(frame, x, walk, add)(width));
  };
});

/** `gatherMaximum(x, u, out, …)`: takes u at the first maximum of x. */
export const gatherMaximum = windowFunction('gatherMaximum', [], (frame, [x, u, out], walk) => {
  const taken = frame.local('v128');
  return (width) => {
    const value = width.load(i32.add(u.get, walk.tap.get));
    const take = (mask: Code) => taken.set(f32x4.or(taken.get, f32x4.and(value, mask)));
    return block(taken.set(f32x4.zero), atFirstMaximum(frame, x, walk, take)(width), width.store(out.get, taken.get));
  };
});

/** `scatterShare(unused, dx, dy, …, share)`: adds share·dy to dx at every tap. */
export const scatterShare = windowFunction('scatterShare', ['f32'], (frame, [, dx, dy], walk, [share]) => {
  const gradient = frame.local('v128');
  return (width) => {
    const place = i32.add(dx.get, walk.tap.get);
    return block(
      gradient.set(f32x4.multiply(width.load(dy.get), f32x4.splat((share as Local).get))),
      overTaps(walk, width.store(place, f32x4.add(width.load(place), gradient.get))),
    );
  };
});
