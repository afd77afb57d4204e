import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

/** Where the tests' set-up installs PGlite. */
const packages = fileURLToPath(new URL('../../orms/node_modules/@electric-sql', import.meta.url))

export type Row = Readonly<Record<string, unknown>>

interface Pglite {
  query(sql: string): Promise<{ readonly rows: readonly Row[] }>
  exec(sql: string): Promise<unknown>
  close(): Promise<void>
}

const { PGlite }: { readonly PGlite: { create(options: object): Promise<Pglite> } } = createRequire(
  join(packages, 'package.json'),
)('@electric-sql/pglite')

export interface PgliteProject {
  readonly root: string
  readonly url: 'pglite:./pgdata'
  readonly data: string
}

/** An empty project that has PGlite installed, or not. */
export function emptyProject(context: TestContext, { installed = true } = {}): PgliteProject {
  const root = mkdtempSync(join(tmpdir(), 'hr-pglite-'))
  context.after(() => rmSync(root, { recursive: true, force: true }))
  mkdirSync(join(root, 'node_modules'))
  if (installed) symlinkSync(packages, join(root, 'node_modules/@electric-sql'), 'junction')
  writeFileSync(join(root, 'package.json'), '{ "dependencies": { "@electric-sql/pglite": "*" } }')
  return { root, url: 'pglite:./pgdata', data: join(root, 'pgdata') }
}

/** A data directory with what the statements make, to be given to {@link projectWith}. */
export async function templateOf(sql: string): Promise<Disposable & { readonly path: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'hr-pglite-template-'))
  const path = join(folder, 'pgdata')
  await withPglite(path, (pglite) => pglite.exec(sql))
  return { path, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) }
}

/** A project whose data directory is a copy of the template. */
export function projectWith(context: TestContext, { path }: { readonly path: string }): PgliteProject {
  const project = emptyProject(context)
  cpSync(path, project.data, { recursive: true })
  return project
}

/** Rows of one statement, asked of a directory that nobody has open. */
export function query(data: string, sql: string): Promise<readonly Row[]> {
  return withPglite(data, async (pglite) => (await pglite.query(sql)).rows)
}

/** The number in column `n` of the first row. */
export async function numberOf(data: string, sql: string): Promise<number> {
  return Number((await query(data, sql))[0]?.['n'])
}

const userTables = `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'headroom') ORDER BY 1`

/** A hash of each table's rows in order. */
export function tableHashes(data: string): Promise<Readonly<Record<string, string>>> {
  return withPglite(data, async (pglite) => {
    const hashes: Record<string, string> = {}
    for (const { name } of (await pglite.query(userTables)).rows) {
      const { rows } = await pglite.query(
        `SELECT t::text AS row FROM ${String(name)} AS t ORDER BY t::text COLLATE "C"`,
      )
      hashes[String(name)] = createHash('sha256').update(JSON.stringify(rows)).digest('hex')
    }
    return hashes
  })
}

/** What is defined, with comments, in an order that does not depend on when; Headroom's own schema too. */
const definitions = `
  SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) || coalesce(obj_description(oid), '') AS line
    FROM pg_constraint WHERE connamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
  UNION ALL SELECT indexdef || coalesce(obj_description(format('%I.%I', schemaname, indexname)::regclass), '') FROM pg_indexes WHERE schemaname NOT IN ('pg_catalog', 'pg_toast')
  UNION ALL SELECT format('%s %s %s %s %s %s', attrelid::regclass, attnum, attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid))
    FROM pg_attribute JOIN pg_class c ON c.oid = attrelid LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE attnum > 0 AND NOT attisdropped AND c.relkind IN ('r', 'p', 'v') AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
  UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_(?:toast_)?temp'
  ORDER BY 1`

/** All that is in a database: definitions, counters and rows, as text that is equal where they are. */
export function dump(data: string): Promise<string> {
  return withPglite(data, async (pglite) => {
    const lines = (await pglite.query(definitions)).rows.map(({ line }) => String(line))
    const sequences = await pglite.query(
      "SELECT format('%I.%I', schemaname, sequencename) AS name FROM pg_sequences ORDER BY 1",
    )
    for (const { name } of sequences.rows) {
      const { rows } = await pglite.query(`SELECT last_value, is_called FROM ${String(name)}`)
      lines.push(`${String(name)} ${JSON.stringify(rows)}`)
    }
    for (const { name } of (await pglite.query(userTables)).rows) {
      const { rows } = await pglite.query(`SELECT t::text AS row FROM ${String(name)} AS t ORDER BY 1`)
      lines.push(String(name), ...rows.map(({ row }) => String(row)))
    }
    return lines.join('\n')
  })
}

async function withPglite<T>(dataDir: string, work: (pglite: Pglite) => Promise<T>): Promise<T> {
  const pglite = await PGlite.create({ dataDir })
  try {
    return await work(pglite)
  } finally {
    await pglite.close()
  }
}
