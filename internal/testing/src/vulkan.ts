import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const driverFolders = ['/etc/vulkan/icd.d', '/usr/share/vulkan/icd.d', '/usr/local/share/vulkan/icd.d'];
const softwareDriver = '/usr/lib/chromium/vk_swiftshader_icd.json';
const softwareLoader = '/usr/lib/chromium/libvulkan.so.1';
const loaderFolder = fileURLToPath(new URL('../../../node_modules/.cache/equipoise/vulkan', import.meta.url));

/** Whether there is a driver that Dawn can compute with: the system's own, or SwiftShader of Debian's package `chromium`. */
export function hasGpuDriver(): boolean {
  return process.platform !== 'linux' || hasSystemDriver() || existsSync(softwareDriver);
}

/** The variables that make Dawn find SwiftShader, for processes that are started with them; none where the system has a driver. */
export function softwareVulkan(): Readonly<Record<string, string>> {
  if (process.platform !== 'linux' || hasSystemDriver() || !existsSync(softwareDriver)) return {};
  const variables = { VK_ICD_FILENAMES: softwareDriver };
  if (!existsSync(softwareLoader)) return variables;
  const { LD_LIBRARY_PATH: others } = process.env;
  linkLoader();
  return { ...variables, LD_LIBRARY_PATH: [loaderFolder, others].filter(Boolean).join(':') };
}

function hasSystemDriver(): boolean {
  if (process.env['VK_ICD_FILENAMES'] ?? process.env['VK_DRIVER_FILES']) return true;
  return driverFolders.some((folder) => existsSync(folder) && readdirSync(folder).length > 0);
}

/** A folder with the loader alone, so that no program takes the other libraries beside it for the system's. */
function linkLoader(): void {
  const link = join(loaderFolder, 'libvulkan.so.1');
  mkdirSync(loaderFolder, { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(softwareLoader, link);
}
