/** The worker's entry when the repository runs from its sources: Node 20 does not hand tsx's hooks down to worker threads. */
import { register } from 'tsx/esm/api';

register();
await import('../worker.ts');
