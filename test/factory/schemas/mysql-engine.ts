import { createConnection } from 'mysql2/promise'
import type { Connection, RowDataPacket } from 'mysql2/promise'

import { dump, startMariadb } from '../../servers/mariadb.ts'
import { skipReason } from '../../servers/server.ts'
import type { Engine } from './engine.ts'

/** A MariaDB of the test's own. */
export const mysqlEngine: Engine = {
  dialect: 'mysql',
  skip: skipReason('mariadb'),
  start: async () => {
    const server = await startMariadb()
    return {
      create: async (sql) => {
        const url = await server.createDatabase()
        await connected(url, (connection) => connection.query(sql))
        return url
      },
      dump,
      violations: (url) => connected(url, violations),
      count: (url, table) =>
        connected(url, async (connection) => {
          const [rows] = await connection.query<RowDataPacket[]>('SELECT count(*) AS n FROM ??', [table])
          return Number(rows[0]?.['n'])
        }),
      stop: () => server.stop(),
    }
  },
}

async function connected<T>(url: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await createConnection({ uri: url, multipleStatements: true })
  try {
    return await work(connection)
  } finally {
    await connection.end()
  }
}

/** Looks for rows without the row that they refer to, and has each table copied, which tests its CHECKs and unique keys. */
async function violations(connection: Connection): Promise<readonly string[]> {
  const broken: string[] = []
  const [references] = await connection.query<RowDataPacket[]>(
    `SELECT table_name AS child, referenced_table_name AS parent, constraint_name AS name,
       group_concat(concat('c.\`', column_name, '\` = p.\`', referenced_column_name, '\`') SEPARATOR ' AND ') AS same,
       group_concat(concat('c.\`', column_name, '\` IS NOT NULL') SEPARATOR ' AND ') AS present
     FROM information_schema.key_column_usage
     WHERE table_schema = database() AND referenced_table_name IS NOT NULL
     GROUP BY table_name, referenced_table_name, constraint_name`,
  )
  for (const { child, parent, name, same, present } of references) {
    const [[orphans]] = await connection.query<RowDataPacket[]>(
      `SELECT count(*) AS n FROM \`${child}\` c WHERE ${present} AND NOT EXISTS (SELECT 1 FROM \`${parent}\` p WHERE ${same})`,
    )
    if (Number(orphans?.['n']) > 0) broken.push(`${name} of ${child}: ${orphans?.['n']} orphans`)
  }
  const [tables] = await connection.query<RowDataPacket[]>(
    `SELECT table_name AS name FROM information_schema.tables
     WHERE table_schema = database() AND table_type = 'BASE TABLE'`,
  )
  for (const { name } of tables) {
    try {
      await connection.query('ALTER TABLE ?? FORCE, ALGORITHM = COPY', [name])
    } catch (error) {
      broken.push(`${name}: ${String(error)}`)
    }
  }
  return broken
}
