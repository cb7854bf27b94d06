import { createRequire } from 'node:module';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';

/** Where a run was made: what may change its numbers or its speed, and nothing about who made it. */
export interface Environment {
  /** Version of Node.js. */
  readonly node: string;
  /** Operating system and its version. */
  readonly platform: string;
  /** Architecture of the processor, such as `x64`. */
  readonly architecture: string;
  /** Name of the processor. */
  readonly cpu: string;
  /** Number of logical cores. */
  readonly cores: number;
  /** Memory, in GiB. */
  readonly memory: number;
  /** What computes; absent if it is not known. */
  readonly backend?: string;
  /** Versions of packages by name. */
  readonly packages: Readonly<Record<string, string>>;
}

/** What {@link describeEnvironment} cannot find out by itself. */
export interface DescribeEnvironmentOptions {
  /** What computes, such as `wasm`. */
  readonly backend?: string;
  /** Names of packages whose versions to note; those that are not installed are left out. */
  readonly packages?: readonly string[];
}

function packageVersion(name: string): string | undefined {
  for (const from of [import.meta.url, join(process.cwd(), 'package.json')]) {
    try {
      return (createRequire(from)(`${name}/package.json`) as { version?: string }).version;
    } catch {
      continue;
    }
  }
  return undefined;
}

/** Describes this machine and what is installed, without names of users, hosts or folders. */
export function describeEnvironment({ backend, packages = [] }: DescribeEnvironmentOptions = {}): Environment {
  const versions = packages.flatMap((name) => {
    const version = packageVersion(name);
    return version === undefined ? [] : [[name, version] as const];
  });
  return {
    node: process.version,
    platform: `${platform()} ${release()}`,
    architecture: arch(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memory: Math.round(totalmem() / 2 ** 30),
    ...(backend === undefined ? {} : { backend }),
    packages: Object.fromEntries(versions),
  };
}
