import { resolve } from 'node:path';
import envPaths from 'env-paths';

/**
 * The folder for what can be downloaded or made again (data sets, libraries): `EQUIPOISE_HOME` if it is set, else
 * `equipoise` in the platform's cache folder. The folder need not exist.
 *
 * @param environment the environment variables; those of the process by default
 */
export function homeFolder(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  const chosen = environment['EQUIPOISE_HOME'];
  return chosen ? resolve(chosen) : envPaths('equipoise', { suffix: '' }).cache;
}
