import { join } from 'node:path'

/** The repository's folder. */
export const repository: string = join(import.meta.dirname, '..')

/** An absolute path inside the repository. */
export function inRepository(...parts: string[]): string {
  return join(repository, ...parts)
}

/** The sample application that tests, demo and F5 work on. */
export const sampleFolder: string = inRepository('samples', 'activity-api')
