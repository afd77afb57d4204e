import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The kinds of database server that tests start. */
export type ServerKind = 'postgres' | 'mariadb'

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

/** Where a server's programs are on this machine; null where one is missing. */
export function findServerPrograms(kind: ServerKind): Readonly<Record<string, string>> | null {
  if (process.platform === 'win32') return null
  return kind === 'postgres' ? postgresPrograms() : mariadbPrograms()
}
