import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import * as l10n from '@vscode/l10n'

import { Failure } from '../../../model/failure.ts'
import type { DataDirectory } from './directory.ts'

/** What Headroom uses of PGlite, as it has been since version 0.2. */
export interface Pglite {
  query(sql: string, parameters: unknown[], options: PgliteOptions): Promise<PgliteResult>
  /** Several statements; one result for each. */
  exec(sql: string, options: PgliteOptions): Promise<PgliteResult[]>
  close(): Promise<void>
}

export interface PgliteOptions {
  /** How values are read from their text, by their type's number. */
  readonly parsers?: Readonly<Record<number, (text: string) => unknown>>
  /** What `/dev/blob` is for the statement. */
  readonly blob?: Blob
}

export interface PgliteResult {
  readonly rows: readonly Readonly<Record<string, unknown>>[]
  readonly affectedRows?: number
}

interface CreateOptions {
  readonly dataDir: string
  readonly extensions?: Readonly<Record<string, unknown>>
  readonly onStderr?: (text: string) => boolean
}

interface PgliteModule {
  readonly PGlite: { create(options: CreateOptions): Promise<Pglite> }
}

const packageName = '@electric-sql/pglite'

/**
 * Opens a data directory with the PGlite that the project itself has installed, since a directory belongs to the PostgreSQL
 * that made it, and with the extensions that the database uses. Throws `HR_PGLITE_MISSING` where none is installed, and
 * `HR_PGLITE_VERSION` where it can't open the directory.
 */
export async function openPglite(directory: DataDirectory, root: string): Promise<Pglite> {
  const load = createRequire(join(root, 'package.json'))
  const { PGlite } = loadPackage(load)
  const open = async (extensions: Readonly<Record<string, unknown>>) => {
    const said: string[] = []
    try {
      return await PGlite.create({
        dataDir: directory.path,
        extensions,
        onStderr: (text) => {
          said.push(text)
          return true
        },
      })
    } catch (error) {
      throw cannotOpen(directory, load, [...said, String(error)])
    }
  }
  const plain = await open({})
  const names = await extensionsOf(plain)
  const extensions = Object.fromEntries(names.flatMap((name) => loadExtension(load, name)))
  if (Object.keys(extensions).length === 0) return plain
  await plain.close()
  return open(extensions)
}

function loadPackage(load: NodeJS.Require): PgliteModule {
  try {
    const loaded: PgliteModule = load(packageName)
    return loaded
  } catch (error) {
    throw new Failure(
      'HR_PGLITE_MISSING',
      l10n.t(
        'The project does not have {0} installed, which opens its database. Install it (`npm install`), then try again. Nothing was written.',
        packageName,
      ),
      { cause: error },
    )
  }
}

/** Extensions of the database that PGlite does not have by itself. */
async function extensionsOf(pglite: Pglite): Promise<readonly string[]> {
  const sql = `SELECT extname::text AS name FROM pg_catalog.pg_extension WHERE extname <> 'plpgsql'`
  const { rows } = await pglite.query(sql, [], {})
  return rows.map(({ name }) => String(name))
}

/**
 * An extension from where PGlite's versions have it. What isn't found is left out: only a statement that needs it fails,
 * and says so.
 */
function loadExtension(load: NodeJS.Require, extension: string): readonly (readonly [string, unknown])[] {
  const name = extension.replaceAll('-', '_')
  for (const place of [
    `${packageName}/contrib/${name}`,
    `${packageName}/${name}`,
    `${packageName}-${name}`,
    `${packageName}-pg${name}`,
  ]) {
    try {
      const { [name]: found }: Readonly<Record<string, unknown>> = load(place)
      if (found !== undefined) return [[name, found]]
    } catch {
      // Another version's place.
    }
  }
  return []
}

function cannotOpen(
  { display, version }: DataDirectory,
  load: NodeJS.Require,
  said: readonly string[],
): Failure {
  const installed = `${packageName}${versionOf(load)}`
  const reason = said.find((line) => /FATAL|PANIC/.test(line))?.replace(/^.*?(?:FATAL|PANIC):\s*/, '')
  return new Failure(
    'HR_PGLITE_VERSION',
    reason === undefined
      ? l10n.t(
          "The project's {0} cannot open {1}, which PostgreSQL {2} made. Install the version of PGlite that your app uses it with. Nothing was written.",
          installed,
          display,
          version,
        )
      : l10n.t(
          "The project's {0} cannot open {1}, which PostgreSQL {2} made ({3}). Install the version of PGlite that your app uses it with. Nothing was written.",
          installed,
          display,
          version,
          reason,
        ),
    { cause: said.join('\n') },
  )
}

/** The version that is installed, with a space in front; empty where the package doesn't say. */
function versionOf(load: NodeJS.Require): string {
  const folder = load.resolve(packageName).replace(/(.*[\\/]pglite[\\/]).*/, '$1')
  try {
    const { version }: { readonly version: string } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    )
    return ` ${version}`
  } catch {
    return ''
  }
}
