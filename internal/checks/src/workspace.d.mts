/** The folder of the repository. */
export const root: string;
/** Every published package. */
export function packages(): { folder: string; kind: string; name: string; manifest: Record<string, unknown> }[];
/** Every file below a folder, but for installed and built ones. */
export function files(folder: string, accept?: (path: string) => boolean): string[];
/** A path as it is shown. */
export function shown(path: string): string;
