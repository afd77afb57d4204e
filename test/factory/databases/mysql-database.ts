import { createHash } from 'node:crypto'
import { after } from 'node:test'

import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise'

import type { SeedPlan, SeedResult } from '../../../src/model/seed-plan.ts'
import type { Database } from '../../../src/factory/databases/database.ts'
import { openDatabase } from '../../../src/factory/databases/index.ts'
import { planSeed, type PlanOptions } from '../../../src/factory/plan.ts'
import { resumeSeed, seedDatabase } from '../../../src/factory/seed.ts'
import { undoSeed } from '../../../src/factory/undo.ts'
import { startMariadb, type MariadbOptions } from '../../servers/mariadb.ts'
import { skipReason, type TestServer } from '../../servers/server.ts'

/** Why this machine can't run tests with MariaDB; false where it can. */
export const skip = skipReason('mariadb')

/** A server for all tests of a file. Gives a function for a database of a test's own, with what `statements` make. */
export function mariadbForFile(
  options: MariadbOptions = {},
): (statements: readonly string[]) => Promise<ServerDatabase> {
  let starting: Promise<TestServer> | null = null
  after(async () => (await starting)?.stop())
  return async (statements) => {
    const server = await (starting ??= startMariadb(options))
    const database = new ServerDatabase(await server.createDatabase(), server)
    await database.run(...statements)
    return database
  }
}

function ignore(_rowsDone: number): void {}

function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

/** A database as the application and its owner see it. */
export class ServerDatabase {
  readonly url: string
  readonly server: TestServer

  constructor(url: string, server: TestServer) {
    this.url = url
    this.server = server
  }

  /** Runs statements on a connection of their own. */
  async run(...statements: readonly string[]): Promise<void> {
    await this.connected(async (connection) => {
      for (const statement of statements) await connection.query(statement)
    })
  }

  /** Takes the whole database away. */
  async drop(): Promise<void> {
    await this.run('DROP DATABASE ' + quoted(decodeURIComponent(this.url.split('/').at(-1) ?? '')))
  }

  async rows(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return this.connected(async (connection) => (await connection.query<RowDataPacket[]>(sql))[0])
  }

  /** The number in column `n` of the first row. */
  async number(sql: string): Promise<number> {
    return Number((await this.rows(sql))[0]?.['n'])
  }

  async connected<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const options = {
      uri: this.url,
      dateStrings: true,
      jsonStrings: true,
      supportBigNumbers: true,
      bigNumberStrings: true,
    }
    const connection = await createConnection(options)
    try {
      return await work(connection)
    } finally {
      await connection.end()
    }
  }

  /** The tables' names, Headroom's among them. */
  async tables(): Promise<readonly string[]> {
    const rows = await this.rows(
      "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE' ORDER BY 1",
    )
    return rows.map(({ name }) => String(name))
  }

  /** A hash of each table's rows, without Headroom's tables. */
  async hashes(): Promise<Readonly<Record<string, string>>> {
    const hashes: Record<string, string> = {}
    for (const table of await this.tables()) {
      if (!table.startsWith('headroom_')) hashes[table] = await this.hashOf(table)
    }
    return hashes
  }

  private async hashOf(table: string): Promise<string> {
    return this.connected(async (connection) => {
      const [columns] = await connection.query<RowDataPacket[]>(
        'SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION',
        [table],
      )
      const names = columns.map(({ name }) => quoted(String(name)))
      const [rows] = await connection.query<RowDataPacket[]>({
        sql: `SELECT ${names.map((name) => `HEX(${name})`).join(', ')} FROM ${quoted(table)} ORDER BY ${names.join(', ')}`,
        rowsAsArray: true,
      })
      const hash = createHash('sha256')
      for (const row of rows) hash.update(JSON.stringify(row))
      return `${rows.length} rows, ${hash.digest('hex').slice(0, 16)}`
    })
  }

  /** All that a dump has: definitions with their counters, and a hash of each table's rows. Headroom's tables are part of it. */
  async dump(): Promise<Readonly<Record<string, string>>> {
    const dump: Record<string, string> = {}
    const hashes = await this.hashes()
    for (const table of await this.tables()) {
      const [row] = await this.rows(`SHOW CREATE TABLE ${quoted(table)}`)
      dump[table] = `${String(row?.['Create Table'])}\n${hashes[table] ?? ''}`
    }
    return dump
  }

  /** Opens it as the factory does. */
  async opened<T>(work: (database: Database) => Promise<T>): Promise<T> {
    const database = await openDatabase(this.url, '/')
    try {
      return await work(database)
    } finally {
      await database.close()
    }
  }

  plan(options: PlanOptions): Promise<SeedPlan> {
    return this.opened(async (database) => planSeed(await database.readSchema(), options))
  }

  /** Plans and seeds; `change` may wrap the database, `onRows` hears of progress. */
  async seed(
    options: PlanOptions,
    {
      signal = new AbortController().signal,
      change = (database: Database) => database,
      onRows = ignore,
    } = {},
  ): Promise<SeedResult> {
    const plan = await this.plan(options)
    return this.opened((database) =>
      seedDatabase(
        change(database),
        plan,
        ({ phase, rowsDone }) => phase === 'insert' && onRows(rowsDone),
        signal,
      ),
    )
  }

  resume(): Promise<SeedResult> {
    return this.opened((database) => resumeSeed(database, () => {}, new AbortController().signal))
  }

  /** Undoes; `change` may wrap the database. */
  undo({ change = (database: Database) => database } = {}): Promise<SeedResult> {
    return this.opened((database) => undoSeed(change(database), () => {}, new AbortController().signal))
  }

  /** Rows whose foreign key refers to nothing, by constraint; empty in a sound database. */
  async brokenReferences(): Promise<readonly string[]> {
    const keys = await this.rows(
      `SELECT TABLE_NAME AS t, CONSTRAINT_NAME AS c, REFERENCED_TABLE_NAME AS p,
         GROUP_CONCAT(CONCAT('c.\`', COLUMN_NAME, '\` = p.\`', REFERENCED_COLUMN_NAME, '\`') SEPARATOR ' AND ') AS matches,
         GROUP_CONCAT(CONCAT('c.\`', COLUMN_NAME, '\` IS NOT NULL') SEPARATOR ' AND ') AS isset
       FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = DATABASE() AND REFERENCED_TABLE_NAME IS NOT NULL GROUP BY 1, 2, 3`,
    )
    const broken: string[] = []
    for (const { t, c, p, matches, isset } of keys) {
      const sql = `SELECT count(*) AS n FROM \`${String(t)}\` c WHERE ${String(isset)} AND NOT EXISTS (SELECT 1 FROM \`${String(p)}\` p WHERE ${String(matches)})`
      if ((await this.number(sql)) > 0) broken.push(String(c))
    }
    return broken
  }
}

/** A small shop of rows that the user had before, with most kinds of keys, types and constraints. */
export const shopSql = [
  `CREATE TABLE users (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(100) NOT NULL, email VARCHAR(191) NOT NULL UNIQUE,
    role ENUM('member', 'it''s "admin"') NOT NULL DEFAULT 'member', manager_id INT UNSIGNED NULL,
    name_length INT AS (CHAR_LENGTH(name)) STORED, is_active TINYINT(1) NOT NULL DEFAULT 1,
    created_at TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3), KEY manager (manager_id),
    CONSTRAINT users_manager FOREIGN KEY (manager_id) REFERENCES users (id)) CHARACTER SET utf8mb4`,
  `CREATE TABLE profiles (
    user_id INT UNSIGNED NOT NULL PRIMARY KEY, website VARCHAR(255), rating TINYINT UNSIGNED CHECK (rating BETWEEN 1 AND 5),
    avatar BLOB, flags BIT(4) NOT NULL, birthday DATE, CONSTRAINT profiles_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE)`,
  `CREATE TABLE posts (
    id CHAR(36) NOT NULL PRIMARY KEY, author_id INT UNSIGNED NOT NULL, title VARCHAR(200) NOT NULL, slug VARCHAR(60) NOT NULL,
    body TEXT, price DECIMAL(10,2), meta JSON, published TINYINT(1) NOT NULL DEFAULT 0, UNIQUE KEY author_slug (author_id, slug),
    CONSTRAINT posts_author FOREIGN KEY (author_id) REFERENCES users (id) ON DELETE CASCADE) CHARACTER SET latin1`,
  `CREATE TABLE tags (id SMALLINT NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(80) NOT NULL UNIQUE)`,
  `CREATE TABLE post_tags (
    post_id CHAR(36) CHARACTER SET latin1 NOT NULL, tag_id SMALLINT NOT NULL, PRIMARY KEY (post_id, tag_id), KEY tag (tag_id),
    CONSTRAINT pt_post FOREIGN KEY (post_id) REFERENCES posts (id), CONSTRAINT pt_tag FOREIGN KEY (tag_id) REFERENCES tags (id))`,
  `CREATE TABLE notes (
    post_id CHAR(36) CHARACTER SET latin1 NOT NULL, tag_id SMALLINT NOT NULL, id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, text VARCHAR(100),
    KEY pair (post_id, tag_id), CONSTRAINT notes_pair FOREIGN KEY (post_id, tag_id) REFERENCES post_tags (post_id, tag_id))`,
  `CREATE TABLE activities (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, user_id INT UNSIGNED NOT NULL, type VARCHAR(20) NOT NULL,
    amount DECIMAL(10,2), payload JSON, occurred_at DATETIME NOT NULL, took TIME,
    KEY activities_user (user_id, occurred_at), KEY activities_type (type),
    CONSTRAINT activities_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE ON UPDATE CASCADE)`,
  `INSERT INTO users (id, name, email, role, created_at) VALUES (1, 'Ann', 'ann@example.com', 'member', '2025-01-01'), (7, 'Bob', 'bob@example.com', 'member', '2025-01-02')`,
  `INSERT INTO profiles (user_id, rating, flags) VALUES (1, 5, b'1010')`,
  `INSERT INTO posts (id, author_id, title, slug) VALUES ('p1', 1, 'First', 'first'), ('p2', 7, 'Second', 'second')`,
  `INSERT INTO tags VALUES (1, 'web'), (5, 'sql')`,
  `INSERT INTO post_tags VALUES ('p1', 1), ('p1', 5), ('p2', 1)`,
  `INSERT INTO activities (user_id, type, occurred_at) VALUES (1, 'view', '2025-01-01'), (7, 'like', '2025-01-01'), (1, 'view', '2025-01-02'), (7, 'view', '2025-01-03'), (1, 'like', '2025-01-04'), (7, 'view', '2025-01-05')`,
]
