export { obtainFolder } from './obtain-folder.js';
