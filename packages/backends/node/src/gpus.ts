import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where NVIDIA's driver on Linux describes its GPUs, a folder each. */
const driverFolder = '/proc/driver/nvidia/gpus';

/** The names of the NVIDIA GPUs of this machine in the order of their bus; none where the driver does not tell. */
export function gpuNames(folder: string = driverFolder): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .flatMap((gpu) => {
      const file = join(folder, gpu, 'information');
      const name = existsSync(file) ? /^Model:\s*(.+)$/m.exec(readFileSync(file, 'utf8'))?.[1] : undefined;
      return name === undefined ? [] : [name.trim()];
    });
}
