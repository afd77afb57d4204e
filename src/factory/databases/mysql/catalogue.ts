import type { Connection, Row } from './connection.ts'

/** What `information_schema` has about the tables of the connection's database, without Headroom's own. */
export interface Catalogue {
  /** `name`, `estimatedRows`. */
  readonly tables: readonly Row[]
  /** In their order: `table`, `name`, `declared`, `nullable`, `hasDefault`, `generated`, `length`. */
  readonly columns: readonly Row[]
  /** Index by index, in the order of their parts: `table`, `index`, `column`, `expression`, `prefix`. */
  readonly uniques: readonly Row[]
  /** `table`, `name`, `column`, `referencedSchema` (null for this one), `referencedTable`, `referencedColumn`. */
  readonly foreignKeys: readonly Row[]
  /** `table`, `condition`. */
  readonly checks: readonly Row[]
  /** Those that run when a row is added or removed: `table`, `name`. */
  readonly triggers: readonly Row[]
}

const notOurs = (column: string) => `AND lower(${column}) NOT LIKE 'headroom!_%' ESCAPE '!'`

/** Reads the catalogue: six statements, whatever the number of tables. */
export async function readCatalogue(connection: Connection): Promise<Catalogue> {
  return {
    tables: await connection.rows(
      `SELECT TABLE_NAME AS name, TABLE_ROWS AS estimatedRows FROM information_schema.TABLES
       WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE' ${notOurs('TABLE_NAME')}`,
    ),
    columns: await connection.rows(
      `SELECT TABLE_NAME AS \`table\`, COLUMN_NAME AS name, COLUMN_TYPE AS declared, IS_NULLABLE = 'YES' AS nullable,
         COLUMN_DEFAULT IS NOT NULL AND COLUMN_DEFAULT <> 'NULL' AS hasDefault,
         EXTRA REGEXP '(VIRTUAL|STORED|PERSISTENT) GENERATED' AS \`generated\`, CHARACTER_MAXIMUM_LENGTH AS length
       FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() ${notOurs('TABLE_NAME')}
       ORDER BY TABLE_NAME, ORDINAL_POSITION`,
    ),
    uniques: await connection.rows(
      `SELECT TABLE_NAME AS \`table\`, INDEX_NAME AS \`index\`, COLUMN_NAME AS \`column\`, SUB_PART AS prefix,
         ${(await hasExpressions(connection)) ? 'EXPRESSION' : 'NULL'} AS expression
       FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND NON_UNIQUE = 0 ${notOurs('TABLE_NAME')}
       ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX`,
    ),
    foreignKeys: await connection.rows(
      `SELECT TABLE_NAME AS \`table\`, CONSTRAINT_NAME AS name, COLUMN_NAME AS \`column\`,
         NULLIF(REFERENCED_TABLE_SCHEMA, DATABASE()) AS referencedSchema,
         REFERENCED_TABLE_NAME AS referencedTable, REFERENCED_COLUMN_NAME AS referencedColumn
       FROM information_schema.KEY_COLUMN_USAGE
       WHERE TABLE_SCHEMA = DATABASE() AND REFERENCED_TABLE_NAME IS NOT NULL ${notOurs('TABLE_NAME')}
       ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION`,
    ),
    checks: await readChecks(connection),
    triggers: await connection.rows(
      `SELECT EVENT_OBJECT_TABLE AS \`table\`, TRIGGER_NAME AS name FROM information_schema.TRIGGERS
       WHERE EVENT_OBJECT_SCHEMA = DATABASE() AND EVENT_MANIPULATION IN ('INSERT', 'DELETE') ORDER BY TRIGGER_NAME`,
    ),
  }
}

function hasExpressions(connection: Connection): Promise<boolean> {
  return hasColumn(connection, 'STATISTICS', 'EXPRESSION')
}

/** MariaDB names a check's table beside it; MySQL has had checks since 8.0.16 only. */
async function readChecks(connection: Connection): Promise<readonly Row[]> {
  const order = 'ORDER BY `table`, name'
  if (connection.isMariadb) {
    return connection.rows(
      `SELECT TABLE_NAME AS \`table\`, CONSTRAINT_NAME AS name, CHECK_CLAUSE AS \`condition\`
       FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE() ${notOurs('TABLE_NAME')} ${order}`,
    )
  }
  if (!(await hasColumn(connection, 'CHECK_CONSTRAINTS', 'CHECK_CLAUSE'))) return []
  return connection.rows(
    `SELECT t.TABLE_NAME AS \`table\`, t.CONSTRAINT_NAME AS name, c.CHECK_CLAUSE AS \`condition\`
     FROM information_schema.CHECK_CONSTRAINTS AS c JOIN information_schema.TABLE_CONSTRAINTS AS t
       ON t.CONSTRAINT_SCHEMA = c.CONSTRAINT_SCHEMA AND t.CONSTRAINT_NAME = c.CONSTRAINT_NAME
     WHERE c.CONSTRAINT_SCHEMA = DATABASE() AND t.CONSTRAINT_TYPE = 'CHECK' AND t.ENFORCED = 'YES' ${notOurs('t.TABLE_NAME')}
     ${order}`,
  )
}

async function hasColumn(connection: Connection, table: string, column: string): Promise<boolean> {
  const found = await connection.number(
    `SELECT count(*) AS n FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = 'information_schema' AND TABLE_NAME = ? AND COLUMN_NAME = ?`,
    [table, column],
  )
  return found !== 0 && found !== null
}
