export { activateBackend, onEachBackend } from './backends.js';
export { closeTo, expectClose } from './close.js';
export { fixtureArray, fixtureTensor, forEachFixture } from './fixtures.js';
export type { Fixture, FixtureArray, FixtureCase, Tolerance } from './fixtures.js';
