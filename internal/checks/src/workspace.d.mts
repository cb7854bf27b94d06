/** The folder of the repository. */
export const root: string;
/** Every published package. */
export function packages(): { folder: string; kind: string; name: string; manifest: Record<string, unknown> }[];
