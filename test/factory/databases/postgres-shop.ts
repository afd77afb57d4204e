import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

import type { Database } from '../../../src/factory/databases/database.ts'
import { openDatabase } from '../../../src/factory/databases/index.ts'
import { type PlanOptions, planSeed } from '../../../src/factory/plan.ts'
import { resumeSeed, seedDatabase } from '../../../src/factory/seed.ts'
import { undoSeed } from '../../../src/factory/undo.ts'
import type { SeedProgress, SeedResult } from '../../../src/model/seed-plan.ts'
import { query } from '../../servers/postgres.ts'
import { requirePrograms } from '../../servers/server.ts'

export { dump, query } from '../../servers/postgres.ts'

const never = new AbortController().signal

/** Most kinds of keys, indexes and counters, with rows that the user had before. */
export const shopSql = `
  CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
  CREATE TABLE users (
    id bigserial PRIMARY KEY, name varchar(100) NOT NULL, email text NOT NULL, mood mood NOT NULL DEFAULT 'ok',
    manager_id bigint REFERENCES users (id) ON DELETE SET NULL, ticket serial, created_at timestamptz NOT NULL DEFAULT '2025-01-01',
    CONSTRAINT users_email_key UNIQUE (email) DEFERRABLE INITIALLY DEFERRED);
  COMMENT ON CONSTRAINT users_email_key ON users IS 'one account each; it''s a \\ rule';
  CREATE INDEX users_lower ON users (lower(email) text_pattern_ops, name DESC NULLS LAST) WITH (fillfactor = 70) WHERE mood <> 'sad';
  COMMENT ON INDEX users_lower IS 'searched by the login';
  ALTER INDEX users_lower ALTER COLUMN 1 SET STATISTICS 321;
  CREATE TABLE activities (
    id bigint GENERATED ALWAYS AS IDENTITY (CACHE 3) CONSTRAINT activities_key PRIMARY KEY, user_id bigint NOT NULL,
    type text NOT NULL, metadata jsonb, amount numeric(10,2), created_at timestamptz NOT NULL DEFAULT '2025-01-01', note text,
    hour double precision GENERATED ALWAYS AS (date_part('hour', created_at AT TIME ZONE 'UTC')) STORED);
  ALTER TABLE activities ADD CONSTRAINT activities_owner FOREIGN KEY (user_id) REFERENCES users ON DELETE CASCADE DEFERRABLE;
  COMMENT ON CONSTRAINT activities_owner ON activities IS 'who did it';
  CREATE INDEX activities_user_created ON activities (user_id, created_at) INCLUDE (type);
  CREATE UNIQUE INDEX activities_identity ON activities (id, user_id);
  ALTER TABLE activities CLUSTER ON activities_user_created;
  ALTER TABLE activities REPLICA IDENTITY USING INDEX activities_identity;
  CREATE TABLE tags (id uuid PRIMARY KEY, name text NOT NULL UNIQUE, labels text[]);
  CREATE TABLE user_tags (user_id bigint REFERENCES users, tag_id uuid REFERENCES tags, PRIMARY KEY (user_id, tag_id));
  INSERT INTO users (name, email) VALUES ('Ann', 'ann@example.com'), ('Bob', 'bob@example.com');
  INSERT INTO activities (user_id, type) VALUES (1, 'view'), (2, 'like'), (1, 'share');
  INSERT INTO tags VALUES ('6a0e8f0e-5b7c-4e0e-9d5c-0a3a4f1f2b11', 'web', '{a,b}');
  INSERT INTO user_tags VALUES (1, '6a0e8f0e-5b7c-4e0e-9d5c-0a3a4f1f2b11');
  ALTER TABLE user_tags ADD CONSTRAINT later CHECK (user_id > 0) NOT VALID;
  ANALYZE;`

/** So few that all tables are filled as they stand. */
export const fewRows: PlanOptions = {
  rows: { users: 100, tags: 30, user_tags: 300 },
  per: { activities: 20 },
}
/** So many that the indexes of activities are put away. */
export const manyRows: PlanOptions = {
  rows: { users: 700, tags: 30, user_tags: 2000 },
  per: { activities: 80 },
}

/** Opens the database for one piece of work. */
export async function withOpen<T>(url: string, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase(url, '/')
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}

export interface Seeding {
  readonly onProgress?: (progress: SeedProgress) => void
  readonly signal?: AbortSignal
  /** Something else in the database's place. */
  readonly as?: (database: Database) => Database
}

/** Plans and seeds in this process. */
export async function seed(url: string, options: PlanOptions, seeding: Seeding = {}): Promise<SeedResult> {
  return withOpen(url, async (database) => {
    const plan = planSeed(await database.readSchema(), options)
    const other = seeding.as?.(database) ?? database
    return seedDatabase(other, plan, seeding.onProgress ?? (() => {}), seeding.signal ?? never)
  })
}

/** Resumes in this process. */
export function resume(url: string): Promise<SeedResult> {
  return withOpen(url, (database) => resumeSeed(database, () => {}, never))
}

/** Undoes in this process. */
export function undo(url: string): Promise<SeedResult> {
  return withOpen(url, (database) => undoSeed(database, () => {}, never))
}

/** The number in column `n` of the first row. */
export async function numberOf(url: string, sql: string): Promise<number> {
  const [row] = await query(url, sql)
  return Number(row?.['n'])
}

/** A hash of each table's rows in order; `where` names the rows that count. */
export async function tableHashes(url: string, where = 'true'): Promise<Readonly<Record<string, string>>> {
  const tables = await query(
    url,
    `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'headroom') ORDER BY 1`,
  )
  const hashes: Record<string, string> = {}
  for (const { name } of tables) {
    const [row] = await query(
      url,
      `SELECT md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text COLLATE "C"), '')) AS hash FROM ${String(name)} AS t WHERE ${where}`,
    )
    hashes[String(name)] = String(row?.['hash'])
  }
  return hashes
}

/** All definitions but Headroom's own, without rows and counters. */
export async function definitions(url: string): Promise<string> {
  const program = join(requirePrograms('postgres')['folder'] ?? '', 'pg_dump')
  const args = ['--dbname', url, '--schema-only', '--exclude-schema=headroom']
  const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 2 ** 26 })
  return stdout.replaceAll(/^\\(?:un)?restrict .*$/gm, '')
}

/** Whether there is a schema of Headroom's. */
export async function hasLedger(url: string): Promise<boolean> {
  return (await query(url, "SELECT 1 FROM pg_namespace WHERE nspname = 'headroom'")).length > 0
}

/** The database with chunks cut into pieces of at most `size` rows, and so many writers. */
export function inPieces(database: Database, size: number, writers: number): Database {
  return changed(database, {
    writers,
    append: async (chunk, signal) => {
      for (let done = 0; done < chunk.rows; done += size) {
        const rows = Math.min(size, chunk.rows - done)
        const piece = { firstIndex: chunk.firstIndex + done, firstKey: chunk.firstKey + done, rows }
        await database.append({ ...chunk, ...piece }, signal)
      }
    },
  })
}

/** The database with some of its members in another way. */
export function changed(database: Database, other: Partial<Database>): Database {
  return new Proxy(database, {
    get: (target, name) => {
      const value: unknown = Reflect.get(Object.hasOwn(other, name) ? other : target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
