import { block, type Code, f32x4, type FunctionDefinition, i32, type Local, times, when } from './assembler.js';

/** How many rows a tile of a product has at most: with these, all sums stay in registers. */
export const tileRows = 4;
/** How many columns a tile has: two vectors of four. */
export const tileColumns = 8;

/** a b + c on vectors. */
export type MultiplyAdd = (a: Code, b: Code, c: Code) => Code;

/** Multiplies, rounds, adds and rounds: the same bits on every machine. */
export const multiplyThenAdd: MultiplyAdd = (a, b, c) => f32x4.add(f32x4.multiply(a, b), c);

const word = 4;
const vectorSize = 4 * word;

/** The sums of a tile, two vectors a row, with the addresses of the product's rows. */
interface Tile {
  readonly sums: readonly (readonly [low: Local, high: Local])[];
  readonly products: readonly Local[];
  readonly offset: Local;
}

/** Every vector of the tile with its address: that of its row plus the offset, plus a constant. */
function vectors({ sums, products, offset }: Tile): { sum: Local; address: Code; constant: number }[] {
  return sums.flatMap((pair, row) =>
    pair.map((sum, half) => ({
      sum,
      address: i32.add((products[row] as Local).get, offset.get),
      constant: half * vectorSize,
    })),
  );
}

/** Clears the sums, or loads them where the product is added to what is there. */
function begin(tile: Tile, shouldAdd: Local): Code {
  const all = vectors(tile);
  const load = block(...all.map(({ sum, address, constant }) => sum.set(f32x4.load(address, constant))));
  return when(shouldAdd.get, load, block(...all.map(({ sum }) => sum.set(f32x4.zero))));
}

function finish(tile: Tile): Code {
  return block(...vectors(tile).map(({ sum, address, constant }) => f32x4.store(address, sum.get, constant)));
}

/** One step of the inner products: a row of the panel times one number of each row of the left matrix. */
function step(
  tile: Tile,
  places: readonly Local[],
  stride: Local,
  panel: Local,
  scratch: readonly Local[],
  multiplyAdd: MultiplyAdd,
): Code {
  const [first, second, number] = scratch as [Local, Local, Local];
  const row = ([low, high]: readonly [Local, Local], place: Local) =>
    block(
      number.set(f32x4.loadSplat(place.get)),
      place.increase(stride.get),
      low.set(multiplyAdd(number.get, first.get, low.get)),
      high.set(multiplyAdd(number.get, second.get, high.get)),
    );
  return block(
    first.set(f32x4.load(panel.get)),
    second.set(f32x4.load(panel.get, vectorSize)),
    ...tile.sums.map((pair, index) => row(pair, places[index] as Local)),
    panel.increase(i32.constant(2 * vectorSize)),
  );
}

/**
 * `multiply<n>(table, blocks, stride, runs, runCount, runLength, panels, panelCount, shouldAdd)`: `blocks` times n rows of a matrix product.
 *
 * - `table`: for each row two addresses: where the left matrix's row begins and where the product's row goes
 * - `stride`: bytes from one number of a left row to the next
 * - `runs`: a left row is made of `runCount` runs of `runLength` numbers; these are the offsets of the runs in bytes
 * - `panels`: the right matrix in panels of eight columns, `panelCount` of them, each row by row
 * - `shouldAdd`: whether the product is added to what is there
 */
export function multiply(rows: number, multiplyAdd: MultiplyAdd): FunctionDefinition {
  return {
    name: `multiply${rows}`,
    parameters: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    body: (frame, parameters) => {
      const [table, blocks, stride, runs, runCount, runLength, panels, panelCount, shouldAdd] = parameters as Nine;
      const [entry, blocksLeft, panelsLeft, run, runsLeft, stepsLeft, panel, offset, panelStart] = frame.locals(
        'i32',
        9,
      ) as Nine;
      const starts = frame.locals('i32', rows);
      const places = frame.locals('i32', rows);
      const scratch = frame.locals('v128', 3);
      const tile: Tile = {
        sums: Array.from({ length: rows }, () => frame.locals('v128', 2) as [Local, Local]),
        products: frame.locals('i32', rows),
        offset,
      };
      const oneRun = block(
        ...places.map((place, row) => place.set(i32.add((starts[row] as Local).get, i32.load(run.get)))),
        times(stepsLeft, runLength.get, step(tile, places, stride, panel, scratch, multiplyAdd)),
        run.increase(i32.constant(word)),
      );
      const oneTile = block(
        ...starts.map((start, row) => start.set(i32.load(entry.get, 2 * row * word))),
        ...tile.products.map((product, row) => product.set(i32.load(entry.get, (2 * row + 1) * word))),
        begin(tile, shouldAdd),
        panel.set(panelStart.get),
        run.set(runs.get),
        times(runsLeft, runCount.get, oneRun),
        finish(tile),
        entry.increase(i32.constant(2 * rows * word)),
      );
      return block(
        panelStart.set(panels.get),
        times(
          panelsLeft,
          panelCount.get,
          entry.set(table.get),
          times(blocksLeft, blocks.get, oneTile),
          panelStart.set(panel.get),
          offset.increase(i32.constant(2 * vectorSize)),
        ),
      );
    },
  };
}

type Nine = [Local, Local, Local, Local, Local, Local, Local, Local, Local];
