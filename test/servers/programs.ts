import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { inRepository } from '../../scripts/repository.ts'

/** The kinds of database server that tests start. */
export type ServerKind = 'postgres' | 'mariadb' | 'mongodb'

function onPath(): readonly string[] {
  return (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
}

/** The folders of a path with a version in it, newest version first. */
function versions(parent: string, inside: string): readonly string[] {
  if (!existsSync(parent)) return []
  const names = readdirSync(parent).filter((name) => /\d/.test(name))
  return names.toSorted((a, b) => firstNumber(b) - firstNumber(a)).map((name) => join(parent, name, inside))
}

function firstNumber(name: string): number {
  return Number(/\d+/.exec(name)?.[0])
}

function postgresPrograms(): Readonly<Record<string, string>> | null {
  const folders = [
    ...versions('/usr/lib/postgresql', 'bin'),
    '/usr/local/bin',
    ...versions('/opt/homebrew/opt', 'bin'),
    ...onPath(),
  ]
  const folder = folders.find((path) => ['postgres', 'initdb'].every((name) => existsSync(join(path, name))))
  return folder === undefined
    ? null
    : { postgres: join(folder, 'postgres'), initdb: join(folder, 'initdb'), folder }
}

function mariadbPrograms(): Readonly<Record<string, string>> | null {
  const programs = ['/usr/sbin', '/usr/local/sbin', ...onPath()].map((folder) => join(folder, 'mariadbd'))
  const server = programs.find((path) => existsSync(path))
  const shares = [
    '/usr/share/mariadb',
    '/usr/share/mysql',
    '/usr/local/share/mariadb',
    '/opt/homebrew/share/mariadb',
  ]
  const statements = shares.find((folder) => existsSync(join(folder, 'mysql_system_tables.sql')))
  return server === undefined || statements === undefined ? null : { server, statements }
}

/** Where FerretDB is built to; under this name, which Headroom's guards know as a database server's. */
export const ferretdbProgram = inRepository('node_modules', '.cache', 'ferretdb-1.24.0', 'mongod')

/** MongoDB itself, else FerretDB, which speaks its protocol. */
function mongodbPrograms(): Readonly<Record<string, string>> | null {
  const folders = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin', ...onPath()]
  const server = folders.map((folder) => join(folder, 'mongod')).find((path) => existsSync(path))
  if (server !== undefined) return { server, make: 'mongodb' }
  return existsSync(ferretdbProgram) ? { server: ferretdbProgram, make: 'ferretdb' } : null
}

/** Where a server's programs are on this machine; null where one is missing. */
export function findServerPrograms(kind: ServerKind): Readonly<Record<string, string>> | null {
  if (process.platform === 'win32') return null
  return { postgres: postgresPrograms, mariadb: mariadbPrograms, mongodb: mongodbPrograms }[kind]()
}
