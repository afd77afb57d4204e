import * as l10n from '@vscode/l10n'
import { type Factory, openFactory } from '../factory/client.ts'
import { modelsOnlyUrl } from '../model/document-model.ts'
import { Failure, failureData } from '../model/failure.ts'
import { isMongodbUrl, mongodbUrlIn, readModels } from './document-models.ts'
import { fromEnvironment, type ProjectConfig } from './config.ts'
import { lineOfVariable, projectEnvironment } from './env-files.ts'
import { findPgliteDirectory } from './pglite-directory.ts'

/** Opens the factory for one use and closes it whatever happens. */
export async function withFactory<T>(
  root: string,
  databaseUrl: string,
  use: (factory: Factory) => Promise<T>,
): Promise<T> {
  const factory = await openProjectFactory(root, databaseUrl)
  try {
    return await use(factory)
  } finally {
    await factory.dispose()
  }
}

/** A factory for the project's database, with what the code says of documents where the database itself can't. The caller disposes it. */
export async function openProjectFactory(root: string, databaseUrl: string): Promise<Factory> {
  if (!isMongodbUrl(databaseUrl)) return openFactory({ root, databaseUrl })
  return openFactory({ root, databaseUrl, models: await readModels(root) })
}

/**
 * The URL of the project's local database: as given, else from the configuration, else `DATABASE_URL` of the environment
 * or `.env`, else the MongoDB that they name, else its data directory of PGlite. Null when none of them says.
 */
export async function findDatabase(
  root: string,
  config: ProjectConfig,
  given?: string,
): Promise<string | null> {
  const environment = await projectEnvironment(root)
  const url = given ?? config.database
  if (url !== undefined) return fromEnvironment(url, environment)
  return (
    environment['DATABASE_URL'] ??
    mongodbUrlIn(environment) ??
    (await findPgliteDirectory(root, environment))?.url ??
    null
  )
}

/** As {@link findDatabase}, but a database is needed: throws `HR_NO_DATABASE` when none is known. */
export async function requireDatabase(root: string, config: ProjectConfig, given?: string): Promise<string> {
  const url = await findDatabase(root, config, given)
  if (url !== null) return url
  throw new Failure(
    'HR_NO_DATABASE',
    l10n.t('No database is known. Set "database" in headroom.config.json. Nothing was written.'),
    {
      actions: [
        {
          id: 'open-config',
          title: l10n.t('Open Configuration'),
          commandLine: '--database sqlite:./data/app.sqlite',
        },
      ],
    },
  )
}

/** A database of a project, and how its server learns of it. */
export interface ProjectDatabase {
  readonly root: string
  readonly databaseUrl: string
  /**
   * The environment variable by which the server is told its database. With it, seeding fills a copy, which the server that
   * Headroom starts uses; null: rows go into the database itself.
   */
  readonly variable: string | null
}

export interface DatabaseChoice {
  /** A database that was named for this once: rows go into it. */
  readonly given?: string | undefined
  /** Whether rows go into the database itself whatever can be copied. */
  readonly inPlace?: boolean | undefined
}

/** Tells the copy that seeding makes from others of the same database. */
export const copyName = 'headroom'

/** As {@link projectDatabase}, for a plan: where no database is known, the models in the code are enough. */
export async function databaseForPlan(
  root: string,
  config: ProjectConfig,
  choice: DatabaseChoice,
): Promise<ProjectDatabase> {
  try {
    return await projectDatabase(root, config, choice)
  } catch (error) {
    if (failureData(error).code !== 'HR_NO_DATABASE' || (await readModels(root)).length === 0) throw error
    return { root, databaseUrl: modelsOnlyUrl, variable: null }
  }
}

/** The project's database. Throws `HR_NO_DATABASE` when none is known. */
export async function projectDatabase(
  root: string,
  config: ProjectConfig,
  { given, inPlace = false }: DatabaseChoice = {},
): Promise<ProjectDatabase> {
  const databaseUrl = await requireDatabase(root, config, given)
  const variable = given === undefined && !inPlace ? await variableOf(root, config) : null
  const canCopy =
    variable !== null &&
    (await onCopies({ root, databaseUrl }, (factory) => factory.findCopy(copyName))) !== undefined
  return { root, databaseUrl, variable: canCopy ? variable : null }
}

/** The environment variable that the server reads its database from, where one is known. */
async function variableOf(root: string, config: ProjectConfig): Promise<string | null> {
  if (config.databaseVariable !== undefined) return config.databaseVariable
  const variable = variableOfUrl(config)
  if (config.database !== undefined || variable === null) return variable
  const environment = await projectEnvironment(root)
  if (environment[variable] !== undefined) return variable
  return (await findPgliteDirectory(root, environment))?.variable ?? null
}

/** The environment variable that the configuration takes the database's URL from; null where it says the URL itself. */
function variableOfUrl({ database }: ProjectConfig): string | null {
  if (database === undefined) return 'DATABASE_URL'
  return /^\$\{env:(\w+)\}$/.exec(database)?.[1] ?? null
}

/** Where the database's URL is written, for people to look at: the variable, its `.env` file and line; null where it is no such file. */
export async function sourceOfDatabase(
  root: string,
  config: ProjectConfig,
): Promise<{ variable: string; file: string; line: number } | null> {
  const variable = variableOfUrl(config)
  const place = variable === null ? null : await lineOfVariable(root, variable)
  return variable === null || place === null ? null : { variable, ...place }
}

/** The URL of the database's copy; null where rows go into the database itself, and where there is none yet. */
export async function findCopy({ variable, ...database }: ProjectDatabase): Promise<string | null> {
  if (variable === null) return null
  return (await onCopies(database, (factory) => factory.findCopy(copyName))) ?? null
}

/** Removes the copy, where there is one. Throws where a program uses it. */
export async function removeCopy(database: Omit<ProjectDatabase, 'variable'>): Promise<void> {
  await onCopies(database, (factory) => factory.removeCopy(copyName))
}

/** The environment in which a server uses the copy. A variable for a file gets a path, as the server expects it. */
export function environmentWith(variable: string, copyUrl: string): Record<string, string> {
  const isFile = /FILE|PATH|DIR/.test(variable)
  return { [variable]: isFile ? copyUrl.replace(/^(?:sqlite3?|file|pglite):(?:\/\/)?/i, '') : copyUrl }
}

/** Undefined where such databases can't be copied. */
async function onCopies<T>(
  { root, databaseUrl }: Omit<ProjectDatabase, 'variable'>,
  use: (factory: Factory) => Promise<T>,
): Promise<T | undefined> {
  try {
    return await withFactory(root, databaseUrl, use)
  } catch (error) {
    if (failureData(error).code === 'HR_COPY_UNSUPPORTED') return undefined
    throw error
  }
}
