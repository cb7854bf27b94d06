export { attackFixtureKind, attackFixtureModel, forEachAttackFixture } from './attack-fixtures.js';
export type { AttackFixture, AttackFixtureKind } from './attack-fixtures.js';
export { activateBackend, onEachBackend, testsWebgpu } from './backends.js';
export { closeTo, expectClose } from './close.js';
export { fixtureArray, fixtureTensor, forEachFixture, forEachFixtureByOption } from './fixtures.js';
export { kernelAgreement } from './kernel-agreement.js';
export type { ExpectAgreement, KernelCase, KernelInput } from './kernel-agreement.js';
export type { Fixture, FixtureArray, FixtureCase, FixtureCheck, Tolerance } from './fixtures.js';
