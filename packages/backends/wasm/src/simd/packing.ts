import { block, f32, f32x4, type FunctionDefinition, i32, type Local, times } from './assembler.js';

const word = 4;
const panelRow = 8 * word;

/** `packPanel(source, stride, rows, panel)`: copies eight columns of a matrix, whose rows are `stride` bytes apart, row after row. */
export const packPanel: FunctionDefinition = {
  name: 'packPanel',
  parameters: ['i32', 'i32', 'i32', 'i32'],
  body: (frame, parameters) => {
    const [source, stride, rows, panel] = parameters as [Local, Local, Local, Local];
    return times(
      frame.local('i32'),
      rows.get,
      f32x4.store(panel.get, f32x4.load(source.get)),
      f32x4.store(panel.get, f32x4.load(source.get, 16), 16),
      source.increase(stride.get),
      panel.increase(i32.constant(panelRow)),
    );
  },
};

/** `packTransposed(source, stride, length, panel)`: the same of the transposed matrix: eight rows become eight columns. */
export const packTransposed: FunctionDefinition = {
  name: 'packTransposed',
  parameters: ['i32', 'i32', 'i32', 'i32'],
  body: (frame, parameters) => {
    const [source, stride, length, panel] = parameters as [Local, Local, Local, Local];
    const rows = frame.locals('i32', 8);
    return block(
      ...rows.map((row, index) =>
        row.set(index === 0 ? source.get : i32.add((rows[index - 1] as Local).get, stride.get)),
      ),
      times(
        frame.local('i32'),
        length.get,
        ...rows.map((row, index) => f32.store(panel.get, f32.load(row.get), index * word)),
        ...rows.map((row) => row.increase(i32.constant(word))),
        panel.increase(i32.constant(panelRow)),
      ),
    );
  },
};
