export { homeFolder } from './storage/home-folder.js';
