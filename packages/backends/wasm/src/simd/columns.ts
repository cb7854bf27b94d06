import { block, type Code, f32x4, type FunctionDefinition, i32, type Local, times } from './assembler.js';

/** `addColumns(source, rows, columns, sums)`: adds the sum of each column of a matrix to `sums`. */
export const addColumns: FunctionDefinition = {
  name: 'addColumns',
  parameters: ['i32', 'i32', 'i32', 'i32'],
  body: (frame, parameters) => {
    const [source, rows, columns, sums] = parameters as [Local, Local, Local, Local];
    const place = frame.local('i32');
    const sum = frame.local('v128');
    const rowsLeft = frame.local('i32');
    const turn = (load: (address: Code) => Code, store: (address: Code, value: Code) => Code, bytes: number) =>
      block(
        place.set(source.get),
        sum.set(f32x4.zero),
        times(
          rowsLeft,
          rows.get,
          sum.set(f32x4.add(sum.get, load(place.get))),
          place.increase(i32.multiply(columns.get, i32.constant(4))),
        ),
        store(sums.get, f32x4.add(load(sums.get), sum.get)),
        source.increase(i32.constant(bytes)),
        sums.increase(i32.constant(bytes)),
      );
    return block(
      times(frame.local('i32'), i32.quarter(columns.get), turn(f32x4.load, f32x4.store, 16)),
      times(frame.local('i32'), i32.remainder4(columns.get), turn(f32x4.loadOne, f32x4.storeOne, 4)),
    );
  },
};
