import { createHash } from 'node:crypto'
import type { Hash } from 'node:crypto'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { TestContext } from 'node:test'

import type { SeedPlan, SeedResult } from '../../src/model/seed-plan.ts'
import type { Database } from '../../src/factory/databases/database.ts'
import { openDatabase } from '../../src/factory/databases/index.ts'
import { planSeed } from '../../src/factory/plan.ts'
import type { PlanOptions } from '../../src/factory/plan.ts'
import { resumeSeed, seedDatabase } from '../../src/factory/seed.ts'
import { undoSeed } from '../../src/factory/undo.ts'

/** A small shop of rows that the user had before, with most kinds of keys and constraints. */
export const blogSql = `
  CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(100) NOT NULL, email VARCHAR(255) NOT NULL UNIQUE,
    role TEXT NOT NULL CHECK (role IN ('member', 'admin')), manager_id INTEGER REFERENCES users (id),
    name_length INTEGER GENERATED ALWAYS AS (length(name)) VIRTUAL, created_at DATETIME DEFAULT CURRENT_TIMESTAMP);
  CREATE TABLE profiles (
    user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE, website TEXT, rating INTEGER CHECK (rating BETWEEN 1 AND 5));
  CREATE TABLE posts (
    id TEXT PRIMARY KEY, author_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE, title TEXT NOT NULL,
    slug VARCHAR(60) NOT NULL, price DECIMAL(10,2), published BOOLEAN NOT NULL DEFAULT 0, UNIQUE (author_id, slug));
  CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE post_tags (
    post_id TEXT NOT NULL REFERENCES posts (id), tag_id INTEGER NOT NULL REFERENCES tags (id), PRIMARY KEY (post_id, tag_id));
  CREATE TABLE follows (
    follower_id INTEGER NOT NULL REFERENCES users (id), followee_id INTEGER NOT NULL REFERENCES users (id),
    CHECK (follower_id <> followee_id), PRIMARY KEY (follower_id, followee_id)) WITHOUT ROWID;
  CREATE TABLE activities (
    id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), post_id TEXT REFERENCES posts (id),
    type TEXT NOT NULL, created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);
  CREATE INDEX activities_user ON activities (user_id);
  CREATE TABLE knex_migrations (id INTEGER PRIMARY KEY, name TEXT);
  INSERT INTO knex_migrations (name) VALUES ('001');
  INSERT INTO users (id, name, email, role) VALUES (1, 'Ann', 'ann@example.com', 'admin'), (7, 'Bob', 'bob@example.com', 'member');
  INSERT INTO profiles VALUES (1, NULL, 5);
  INSERT INTO posts VALUES ('p1', 1, 'First', 'first', 1.5, 1), ('p2', 7, 'Second', 'second', NULL, 0);
  INSERT INTO tags VALUES (1, 'web'), (5, 'sql');
  INSERT INTO post_tags VALUES ('p1', 1), ('p1', 5), ('p2', 1);
  INSERT INTO follows VALUES (1, 7);
  INSERT INTO activities (user_id, post_id, type) VALUES (1, 'p1', 'view'), (7, 'p1', 'like'), (1, 'p2', 'view'), (7, NULL, 'view'), (1, 'p1', 'like'), (7, 'p2', 'view');
`

export interface TemporaryDatabase {
  readonly root: string
  readonly path: string
}

/** A SQLite file with what `sql` makes, in a folder that goes with the test. */
export function createDatabase(context: TestContext, sql: string, name = 'app.sqlite'): TemporaryDatabase {
  const root = mkdtempSync(join(tmpdir(), 'headroom-factory-'))
  context.after(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }))
  const path = join(root, name)
  runSql(path, sql)
  return { root, path }
}

/** The same file under another name. */
export function copyOf({ root, path }: TemporaryDatabase, name: string): TemporaryDatabase {
  const copy = join(root, name)
  copyFileSync(path, copy)
  return { root, path: copy }
}

/** Runs statements as the app would: on a connection of its own. */
export function runSql(path: string, sql: string): void {
  const database = new DatabaseSync(path, { timeout: 5000 })
  database.exec(sql)
  database.close()
}

/** All rows of a query. */
export function query(path: string, sql: string): readonly Record<string, unknown>[] {
  const database = new DatabaseSync(path, { timeout: 5000 })
  try {
    return database.prepare(sql).all()
  } finally {
    database.close()
  }
}

/** The number in column `n` of the first row. */
export function numberOf(path: string, sql: string): number {
  return Number(query(path, sql)[0]?.n)
}

/** A hash of everything in the file but Headroom's own tables: schema, every row with its rowid and storage class, and counters. */
export function contentHash(path: string): string {
  const database = new DatabaseSync(path, { timeout: 5000 })
  const hash = createHash('sha256')
  const items = database
    .prepare(
      "SELECT type, name, sql FROM sqlite_schema WHERE tbl_name NOT LIKE 'headroom!_%' ESCAPE '!' ORDER BY type, name",
    )
    .all()
  hash.update(JSON.stringify(items))
  for (const { type, name, sql } of items)
    if (type === 'table') hashRows(database, String(name), String(sql), hash)
  database.close()
  return hash.digest('hex')
}

/** A hash of each table's rows, counters and all, but Headroom's own tables and the planner's statistics. */
export function tableHashes(path: string): Readonly<Record<string, string>> {
  const database = new DatabaseSync(path, { timeout: 5000 })
  const tables = database
    .prepare(
      "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'headroom!_%' ESCAPE '!' AND name <> 'sqlite_stat1' ORDER BY name",
    )
    .all()
  const hashes = tables.map(({ name, sql }): [string, string] => {
    const hash = createHash('sha256')
    hashRows(database, String(name), String(sql), hash)
    return [String(name), hash.digest('hex').slice(0, 16)]
  })
  database.close()
  return Object.fromEntries(hashes)
}

function hashRows(database: DatabaseSync, table: string, sql: string, hash: Hash): void {
  const columns = database.prepare('SELECT name FROM pragma_table_xinfo(?)').all(table)
  const names = columns.map((column) => `"${String(column.name)}"`)
  const all = /WITHOUT ROWID/i.test(sql) ? names : ['rowid', ...names]
  const values = all.map((name) => `typeof(${name}) || quote(${name})`).join(" || '|' || ")
  const rows = database.prepare(`SELECT ${values} AS v FROM "${table}" ORDER BY ${all.join()}`)
  for (const row of rows.iterate()) hash.update(String(row.v))
}

/** Violations that SQLite itself finds: broken references, broken indexes. Empty in a sound database. */
export function violations(path: string): readonly unknown[] {
  const integrity = query(path, 'PRAGMA integrity_check').filter((row) => row.integrity_check !== 'ok')
  return [...integrity, ...query(path, 'PRAGMA foreign_key_check')]
}

/** Plans in this process. */
export async function planFor({ root, path }: TemporaryDatabase, options: PlanOptions): Promise<SeedPlan> {
  const database = await openDatabase(path, root)
  try {
    return planSeed(await database.readSchema(), options)
  } finally {
    await database.close()
  }
}

/** Plans and seeds in this process. */
export async function seed(
  target: TemporaryDatabase,
  options: PlanOptions,
  signal = new AbortController().signal,
  onRows: (rowsDone: number) => void = () => {},
): Promise<SeedResult> {
  const plan = await planFor(target, options)
  const database = await openDatabase(target.path, target.root)
  try {
    return await seedDatabase(database, plan, (progress) => onRows(progress.rowsDone), signal)
  } finally {
    await database.close()
  }
}

/** Plans and seeds in this process, and stops after about so many rows. */
export async function seedInPart(
  target: TemporaryDatabase,
  options: PlanOptions,
  rows: number,
): Promise<SeedResult> {
  const plan = await planFor(target, options)
  const database = await openDatabase(target.path, target.root)
  const stop = new AbortController()
  let appended = 0
  const append: Database['append'] = async (chunk, signal) => {
    await database.append(chunk, signal)
    appended += chunk.rows
    if (appended >= rows) stop.abort()
  }
  try {
    return await seedDatabase({ ...database, append }, plan, () => {}, stop.signal)
  } finally {
    await database.close()
  }
}

/** Resumes in this process. */
export async function resume({ root, path }: TemporaryDatabase): Promise<SeedResult> {
  const database = await openDatabase(path, root)
  try {
    return await resumeSeed(database, () => {}, new AbortController().signal)
  } finally {
    await database.close()
  }
}

/** Undoes in this process. */
export async function undo({ root, path }: TemporaryDatabase): Promise<SeedResult> {
  const database = await openDatabase(path, root)
  try {
    return await undoSeed(database, () => {}, new AbortController().signal)
  } finally {
    await database.close()
  }
}
