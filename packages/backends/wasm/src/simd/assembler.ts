/** The bytes of an expression or of statements. */
export type Code = readonly number[];

/** A type of WebAssembly, by its byte. */
export const types = { i32: 0x7f, f32: 0x7d, v128: 0x7b } as const;

/** A parameter or local variable of a function. */
export interface Local {
  /** The number of the variable. */
  readonly index: number;
  /** Its value. */
  readonly get: Code;
  /** Gives it a value. */
  set(value: Code): Code;
  /** Adds to it (i32). */
  increase(by: Code): Code;
}

/** A function under construction: hands out its variables. */
export interface Frame {
  /** A new local variable, zero at first. */
  local(type: keyof typeof types): Local;
  /** New local variables. */
  locals(type: keyof typeof types, count: number): Local[];
}

/** A function of a module; it returns nothing. */
export interface FunctionDefinition {
  readonly name: string;
  readonly parameters: readonly (keyof typeof types)[];
  body(frame: Frame, parameters: readonly Local[]): Code;
}

/** An unsigned number in LEB128. */
export function unsigned(value: number): Code {
  const bytes: number[] = [];
  do {
    const rest = value >>> 7;
    bytes.push((value & 0x7f) | (rest === 0 ? 0 : 0x80));
    value = rest;
  } while (value !== 0);
  return bytes;
}

function signed(value: number): Code {
  const bytes: number[] = [];
  for (;;) {
    const byte = value & 0x7f;
    value >>= 7;
    const isLast = (value === 0 && (byte & 0x40) === 0) || (value === -1 && (byte & 0x40) !== 0);
    bytes.push(isLast ? byte : byte | 0x80);
    if (isLast) return bytes;
  }
}

const vector = (opcode: number) => [0xfd, ...unsigned(opcode)];
const binary =
  (opcode: Code) =>
  (a: Code, b: Code): Code => [...a, ...b, ...opcode];
const load =
  (opcode: Code) =>
  (address: Code, offset = 0): Code => [...address, ...opcode, 0, ...unsigned(offset)];
const store =
  (opcode: Code) =>
  (address: Code, value: Code, offset = 0): Code => [...address, ...value, ...opcode, 0, ...unsigned(offset)];

/** Instructions on 32-bit integers. */
export const i32 = {
  constant: (value: number): Code => [0x41, ...signed(value)],
  add: binary([0x6a]),
  multiply: binary([0x6c]),
  /** How many fours are in a number that is not negative. */
  quarter: (value: Code): Code => [...value, ...[0x41, 2, 0x76]],
  /** What remains after that. */
  remainder4: (value: Code): Code => [...value, ...[0x41, 3, 0x71]],
  load: load([0x28]),
};

/** Instructions on 32-bit floating-point numbers. */
export const f32 = {
  /** The number with these bits. */
  constant: (value: number): Code => [0x43, ...new Uint8Array(Float32Array.of(value).buffer)],
  load: load([0x2a]),
  store: store([0x38]),
};

/** Instructions on vectors of four 32-bit floating-point numbers; comparisons give ones in every bit, or zeros. */
export const f32x4 = {
  zero: [...vector(12), ...new Array<number>(16).fill(0)] as Code,
  load: load(vector(0)),
  /** One number from memory in all four places. */
  loadSplat: load(vector(9)),
  /** One number from memory, and zeros. */
  loadOne: load(vector(92)),
  store: store(vector(11)),
  /** Stores the first of the four. */
  storeOne: (address: Code, value: Code): Code => [...address, ...value, ...vector(90), 0, 0, 0],
  splat: (value: Code): Code => [...value, ...vector(19)],
  add: binary(vector(228)),
  multiply: binary(vector(230)),
  divide: binary(vector(231)),
  squareRoot: (value: Code): Code => [...value, ...vector(227)],
  /** The smaller one; not a number where one is not. */
  minimum: binary(vector(232)),
  /** The larger one; not a number where one is not. */
  maximum: binary(vector(233)),
  /** The larger one; `a` where one is not a number. */
  larger: binary(vector(235)),
  equal: binary(vector(65)),
  lessOrEqual: binary(vector(69)),
  and: binary(vector(78)),
  /** a, where b has no ones. */
  andNot: binary(vector(79)),
  or: binary(vector(80)),
};

/** Statements one after the other. */
export function block(...statements: readonly Code[]): Code {
  return statements.flat();
}

/** Runs the body until the condition, looked at after each turn, is false. */
export function repeatWhile(condition: Code, ...body: readonly Code[]): Code {
  return [0x03, 0x40, ...body.flat(), ...condition, 0x0d, 0, 0x0b];
}

/** Runs the body if the condition holds. */
export function when(condition: Code, body: Code, otherwise: Code = []): Code {
  return [...condition, 0x04, 0x40, ...body, ...(otherwise.length > 0 ? [0x05, ...otherwise] : []), 0x0b];
}

/** Runs the body `count` times; `counter` is used up. */
export function times(counter: Local, count: Code, ...body: readonly Code[]): Code {
  const turn = repeatWhile(counter.get, ...body, counter.increase(i32.constant(-1)));
  return block(counter.set(count), when(counter.get, turn));
}

function variable(index: number): Local {
  const get = [0x20, ...unsigned(index)];
  const set = (value: Code) => [...value, 0x21, ...unsigned(index)];
  return { index, get, set, increase: (by) => set(i32.add(get, by)) };
}

function section(id: number, content: Code): Code {
  return [id, ...unsigned(content.length), ...content];
}

function list(entries: readonly Code[]): Code {
  return [...unsigned(entries.length), ...entries.flat()];
}

function text(value: string): Code {
  const bytes = [...new TextEncoder().encode(value)];
  return [...unsigned(bytes.length), ...bytes];
}

function assembleBody({ parameters, body }: FunctionDefinition): Code {
  const locals: Code[] = [];
  const local = (type: keyof typeof types) => {
    locals.push([1, types[type]]);
    return variable(parameters.length + locals.length - 1);
  };
  const frame: Frame = { local, locals: (type, count) => Array.from({ length: count }, () => local(type)) };
  const code = body(
    frame,
    parameters.map((_, index) => variable(index)),
  );
  const content = [...list(locals), ...code, 0x0b];
  return [...unsigned(content.length), ...content];
}

/** A module that imports the memory `env.memory` and exports the functions by name. */
export function assembleModule(functions: readonly FunctionDefinition[]): Uint8Array<ArrayBuffer> {
  const signatures = functions.map(({ parameters }) => [0x60, ...list(parameters.map((type) => [types[type]])), 0]);
  const memory = [...text('env'), ...text('memory'), 0x02, 0x00, 0x01];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, list(signatures)),
    ...section(2, list([memory])),
    ...section(3, list(functions.map((_, index) => unsigned(index)))),
    ...section(7, list(functions.map(({ name }, index) => [...text(name), 0x00, ...unsigned(index)]))),
    ...section(10, list(functions.map(assembleBody))),
  ]);
}
