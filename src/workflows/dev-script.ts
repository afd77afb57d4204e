import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'jsonc-parser'
import * as l10n from '@vscode/l10n'
import { isPort } from './env-files.ts'
import { usualPort, type UsualPort } from './usual-ports.ts'

/** What a project's package.json says of its dev server. */
export interface DevScript {
  /** `npm run dev`; null where no script starts a server. */
  readonly command: string | null
  /** The port that the script names, and where in words. */
  readonly port: { readonly port: number; readonly source: string } | null
  /** The port on which the project's framework listens when nobody says otherwise. */
  readonly usual: UsualPort | null
}

const scriptNames = ['dev', 'start:dev', 'develop', 'start', 'serve']

/** Reads package.json; where there is none, or it is broken, it says nothing. */
export async function readDevScript(root: string): Promise<DevScript> {
  const manifest: unknown = parse(await readFile(join(root, 'package.json'), 'utf8').catch(() => '{}'))
  const scripts = textsOf(fieldOf(manifest, 'scripts'))
  const packages = ['dependencies', 'devDependencies'].flatMap((field) =>
    Object.keys(textsOf(fieldOf(manifest, field))),
  )
  const name = scriptNames.find((each) => scripts[each] !== undefined)
  const port = name === undefined ? null : portInScript(scripts, name)
  return {
    command: name === undefined ? null : `npm run ${name}`,
    port:
      port === null || name === undefined
        ? null
        : { port, source: l10n.t('the script "{0}" in package.json', name) },
    usual: usualPort(packages),
  }
}

/**
 * The port written in a script, or in one that it runs: `next dev -p 4000`, `vite --port=4000`, `PORT=4000 node app.js`.
 * Null where none is.
 */
export function portInScript(scripts: Readonly<Record<string, string>>, name: string): number | null {
  return search(scripts, name, new Set())
}

function search(scripts: Readonly<Record<string, string>>, name: string, seen: Set<string>): number | null {
  const command = scripts[name]
  if (command === undefined || seen.has(name)) return null
  seen.add(name)
  const written = [...command.matchAll(portPattern)].map((match) => Number(match[1] ?? match[2]))
  const port = written.find(isPort)
  if (port !== undefined) return port
  for (const [, called] of command.matchAll(calledScript)) {
    const found = called === undefined ? null : search(scripts, called, seen)
    if (found !== null) return found
  }
  return null
}

/** An assignment to PORT, or an option; what goes on after the digits is something else, such as Docker's `-p 80:80`. */
const portPattern = /(?:^|[\s"'])PORT=["']?(\d+)\b|(?:^|\s)(?:--port|-p)(?:\s+|=)["']?(\d+)(?![\w.:])/g
const calledScript = /\b(?:npm|pnpm|yarn|bun)\s+(?:run\s+)?([\w:.-]+)/g

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, field) : undefined
}

function textsOf(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {}
  const entries = Object.entries(value).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  return Object.fromEntries(entries)
}
