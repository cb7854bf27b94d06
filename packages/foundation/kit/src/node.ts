export { homeFolder } from './storage/home-folder.js';
export { errorCode, storageFailure } from './storage/storage-failure.js';
export { removeTemporaryFiles, writeFileAtomic } from './storage/write-atomic.js';
