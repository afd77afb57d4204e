import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { parseEnv } from 'node:util'
import * as l10n from '@vscode/l10n'

/** The files that development servers read, in the order in which Next.js and Vite let them win. */
const names = ['.env.development.local', '.env.local', '.env.development', '.env'] as const

export interface EnvFile {
  readonly name: string
  readonly variables: Readonly<Record<string, string | undefined>>
}

/** The project's `.env` files, those that win first; the ones that don't exist are empty. */
function readEnvFiles(root: string): Promise<EnvFile[]> {
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(root, name), 'utf8').catch(() => '')
      return { name, variables: parseEnv(text) }
    }),
  )
}

/** The variables of the project's `.env` files, below those of this process. Values are never shown. */
export async function projectEnvironment(root: string): Promise<NodeJS.ProcessEnv> {
  const files = await readEnvFiles(root)
  return Object.assign({}, ...files.toReversed().map(({ variables }) => variables), process.env)
}

/** The port that the project's `.env` files name as `PORT`, and the file that does; null where none does. */
export async function portInEnvFiles(root: string): Promise<{ port: number; source: string } | null> {
  for (const { name, variables } of await readEnvFiles(root)) {
    const port = Number(variables['PORT'])
    if (isPort(port)) return { port, source: l10n.t('PORT in {0}', name) }
  }
  return null
}

/** The `.env` file that gives a variable its value, and its line from 0; null where none does, or this process' own value wins. */
export async function lineOfVariable(
  root: string,
  variable: string,
): Promise<{ file: string; line: number } | null> {
  if (process.env[variable] !== undefined) return null
  const found = (await readEnvFiles(root)).find(({ variables }) => variables[variable] !== undefined)
  if (found === undefined) return null
  const lines = (await readFile(join(root, found.name), 'utf8')).split('\n')
  // The last one wins.
  const line = lines.findLastIndex((text) => /^\s*(?:export\s+)?([\w.-]+)\s*=/.exec(text)?.[1] === variable)
  return { file: found.name, line: Math.max(0, line) }
}

/** Whether a server can listen there. */
export function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port < 65_536
}
