import { readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import type { Route } from '../../model/route.ts'
import type { ProjectConfig } from '../config.ts'

/** What a project keeps its data in, and what it reads it with, by their own names; empty where nothing tells. */
export interface Stack {
  readonly libraries: readonly string[]
  readonly databases: readonly string[]
}

const libraries: Readonly<Record<string, string>> = {
  '@prisma/client': 'Prisma',
  'drizzle-orm': 'Drizzle',
  typeorm: 'TypeORM',
  sequelize: 'Sequelize',
  '@mikro-orm/core': 'MikroORM',
  objection: 'Objection',
  mongoose: 'Mongoose',
  kysely: 'Kysely',
  knex: 'Knex',
}

/** Where no query builder is at hand, drivers are what the code reads with. */
const drivers: Readonly<Record<string, readonly [name: string, database: string]>> = {
  pg: ['pg', 'PostgreSQL'],
  postgres: ['postgres', 'PostgreSQL'],
  '@neondatabase/serverless': ['@neondatabase/serverless', 'PostgreSQL'],
  '@electric-sql/pglite': ['PGlite', 'PostgreSQL'],
  mysql2: ['mysql2', 'MySQL'],
  mariadb: ['mariadb', 'MySQL'],
  mongodb: ['mongodb', 'MongoDB'],
  mongoose: ['Mongoose', 'MongoDB'],
  'better-sqlite3': ['better-sqlite3', 'SQLite'],
  sqlite3: ['sqlite3', 'SQLite'],
  '@libsql/client': ['@libsql/client', 'SQLite'],
}

const databaseNames: Readonly<Record<string, string>> = {
  sqlite: 'SQLite',
  file: 'SQLite',
  postgres: 'PostgreSQL',
  postgresql: 'PostgreSQL',
  pglite: 'PostgreSQL',
  mysql: 'MySQL',
  mariadb: 'MySQL',
  mongodb: 'MongoDB',
}

/**
 * Reads the stack from what is committed alone, so that it is the same on every machine: the configured database's kind, the
 * Prisma schema, and the dependencies of the packages that the routes stand in.
 */
export async function readStack(
  root: string,
  config: Pick<ProjectConfig, 'database'>,
  routes: readonly Route[],
): Promise<Stack> {
  const folders = foldersAbove(routes)
  const packages = [
    ...new Set((await Promise.all(folders.map((folder) => dependencies(root, folder)))).flat()),
  ]
  const schemas = (await Promise.all(folders.map((folder) => prismaDatabase(root, folder)))).flat()
  const known = packages.flatMap((name) => libraries[name] ?? [])
  const used = packages.flatMap((name) => (Object.hasOwn(drivers, name) ? [drivers[name] ?? []] : []))
  const configured = databaseNames[/^([a-z]+)(?:3|\+\w+)?:/.exec(config.database ?? '')?.[1] ?? '']
  const databases =
    configured === undefined
      ? schemas.concat(schemas.length > 0 ? [] : used.flatMap(([, database]) => database ?? []))
      : [configured]
  const names = known.length > 0 ? known : used.flatMap(([name]) => name ?? [])
  return { libraries: [...new Set(names)].toSorted(), databases: [...new Set(databases)].toSorted() }
}

/** The project's folder and all folders between it and a route. */
function foldersAbove(routes: readonly Route[]): string[] {
  const folders = new Set(['.'])
  for (const { file } of routes) {
    for (let folder = posix.dirname(file); !folders.has(folder); folder = posix.dirname(folder))
      folders.add(folder)
  }
  return [...folders].toSorted()
}

async function dependencies(root: string, folder: string): Promise<string[]> {
  const text = await readFile(join(root, folder, 'package.json'), 'utf8').catch(() => '{}')
  try {
    const value: { dependencies?: unknown } | null = JSON.parse(text)
    const names = value?.dependencies
    return typeof names === 'object' && names !== null ? Object.keys(names) : []
  } catch {
    return []
  }
}

async function prismaDatabase(root: string, folder: string): Promise<string[]> {
  const text = await readFile(join(root, folder, 'prisma', 'schema.prisma'), 'utf8').catch(() => '')
  const provider = /^\s*datasource\s+\w+\s*\{[^}]*?\bprovider\s*=\s*"(\w+)"/m.exec(text)?.[1] ?? ''
  const name = provider === 'cockroachdb' ? 'PostgreSQL' : databaseNames[provider]
  return name === undefined ? [] : [name]
}
