import * as l10n from '@vscode/l10n'
import type { Connection } from './connection.ts'
import { fullName } from './names.ts'
import { literal, quoted } from './sql.ts'
import type { TableStorage } from './storage.ts'

/** In which order things are made again, after what an undo has lent itself is gone. */
export const ranks = { lentIndex: 0, key: 1, index: 2, foreignKey: 3 } as const

/** Something of a table that is dropped before a load and made again behind it, exactly as it was. */
export interface Fixture {
  /** What it is called in the ledger, where it is at most once. */
  readonly object: string
  /** For people: `index activities_user_id_idx`. */
  readonly name: string
  /** One of {@link ranks}. */
  readonly rank: number
  readonly drop: string
  /** What makes it again, one transaction each: short locks that exclude everybody don't wait for long work. */
  readonly stages: readonly (readonly string[])[]
}

/**
 * The foreign keys from and to a table, as PostgreSQL words them with every name in full. Left out are those of partitioned
 * tables, and those with a trigger that somebody switched off: making them again would switch it on.
 */
export async function foreignKeyFixtures(
  connection: Connection,
  table: number,
): Promise<
  readonly (Fixture & { readonly refersHere: boolean; readonly owner: number; readonly refersTo: number })[]
> {
  const rows = await connection.query(
    `SELECT con.conname::text AS name, n.nspname::text AS schema, c.relname::text AS table,
       pg_catalog.pg_get_constraintdef(con.oid) AS definition, con.convalidated AS validated,
       con.confrelid = $1::oid AS refers_here, con.conrelid::int8::text AS owner,
       con.confrelid::int8::text AS refers_to,
       pg_catalog.obj_description(con.oid, 'pg_constraint') AS comment
     FROM pg_catalog.pg_constraint con
     JOIN pg_catalog.pg_class c ON c.oid = con.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_catalog.pg_class p ON p.oid = con.confrelid
     WHERE con.contype = 'f' AND $1::oid IN (con.conrelid, con.confrelid) AND con.conparentid = 0
       AND c.relkind = 'r' AND p.relkind = 'r' AND NOT c.relispartition AND NOT p.relispartition
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger g WHERE g.tgconstraint = con.oid AND g.tgenabled <> 'O')
     ORDER BY con.oid`,
    [table],
  )
  return rows.map((row) => {
    const name = quoted(String(row.name))
    const full = fullName({ schema: String(row.schema), table: String(row.table) })
    const definition = String(row.definition)
    const isValidated = row.validated === true
    const add = `ALTER TABLE ${full} ADD CONSTRAINT ${name} ${definition}${isValidated ? ' NOT VALID' : ''}`
    const comment = commentOn(`CONSTRAINT ${name} ON ${full}`, row.comment)
    return {
      object: `${full} ${name}`,
      refersHere: row.refers_here === true,
      owner: Number(row.owner),
      refersTo: Number(row.refers_to),
      name: l10n.t('foreign key {0}', String(row.name)),
      rank: ranks.foreignKey,
      drop: `ALTER TABLE ${full} DROP CONSTRAINT ${name}`,
      stages: [
        [add, ...comment],
        ...(isValidated ? [[`ALTER TABLE ${full} VALIDATE CONSTRAINT ${name}`]] : []),
      ],
    }
  })
}

/**
 * The indexes of a table, and the primary key and unique constraints that they carry. Exclusion constraints, constraints
 * over periods and indexes that an extension owns stay where they are.
 */
export async function indexFixtures(
  connection: Connection,
  storage: TableStorage,
): Promise<readonly Fixture[]> {
  const rows = await connection.query(
    `SELECT ic.relname::text AS name, n.nspname::text AS schema, pg_catalog.pg_get_indexdef(i.indexrelid) AS definition,
       coalesce(s.spcname::text, '') AS tablespace, i.indisclustered AS clustered, i.indisreplident AS identity,
       pg_catalog.obj_description(i.indexrelid, 'pg_class') AS comment,
       con.contype::text AS kind, con.condeferrable AS deferrable, con.condeferred AS deferred,
       pg_catalog.obj_description(con.oid, 'pg_constraint') AS constraint_comment,
       ARRAY(SELECT a.attnum || ' ' || a.attstattarget FROM pg_catalog.pg_attribute a
             WHERE a.attrelid = i.indexrelid AND a.attstattarget >= 0 ORDER BY a.attnum)::text[] AS targets
     FROM pg_catalog.pg_index i
     JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = ic.relnamespace
     LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = ic.reltablespace
     LEFT JOIN pg_catalog.pg_constraint con
       ON con.conindid = i.indexrelid AND con.conrelid = i.indrelid AND con.contype IN ('p', 'u', 'x')
     WHERE i.indrelid = $1::oid AND i.indisvalid AND i.indisready AND con.contype IS DISTINCT FROM 'x'
       AND coalesce(to_jsonb(con) ->> 'conperiod', 'false') = 'false'
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
         WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = i.indexrelid AND d.deptype IN ('e', 'x'))
     ORDER BY i.indexrelid`,
    [storage.oid],
  )
  return rows.map((row): Fixture => {
    const plain = String(row.name)
    const name = quoted(plain)
    const index = `${quoted(String(row.schema))}.${name}`
    const table = fullName(storage)
    const kind = typeof row.kind === 'string' ? row.kind : null
    const targets = Array.isArray(row.targets) ? row.targets.map((target) => String(target).split(' ')) : []
    const create = [
      `SET LOCAL default_tablespace = ${literal(String(row.tablespace))}`,
      String(row.definition),
      ...commentOn(`INDEX ${index}`, row.comment),
      ...targets.map(
        ([column, target]) => `ALTER INDEX ${index} ALTER COLUMN ${column} SET STATISTICS ${target}`,
      ),
    ]
    const timing =
      row.deferrable === true
        ? ` DEFERRABLE INITIALLY ${row.deferred === true ? 'DEFERRED' : 'IMMEDIATE'}`
        : ''
    const marks = [
      ...(kind === null
        ? []
        : [
            `ALTER TABLE ${table} ADD CONSTRAINT ${name} ${kind === 'p' ? 'PRIMARY KEY' : 'UNIQUE'} USING INDEX ${name}${timing}`,
            ...commentOn(`CONSTRAINT ${name} ON ${table}`, row.constraint_comment),
          ]),
      ...(row.clustered === true ? [`ALTER TABLE ${table} CLUSTER ON ${name}`] : []),
      ...(row.identity === true ? [`ALTER TABLE ${table} REPLICA IDENTITY USING INDEX ${name}`] : []),
    ]
    return {
      object: index,
      name: indexText(kind, plain),
      rank: kind === null ? ranks.index : ranks.key,
      drop: kind === null ? `DROP INDEX ${index}` : `ALTER TABLE ${table} DROP CONSTRAINT ${name}`,
      stages: marks.length === 0 ? [create] : [create, marks],
    }
  })
}

function indexText(kind: string | null, name: string): string {
  if (kind === 'p') return l10n.t('primary key {0}', name)
  return kind === 'u' ? l10n.t('unique constraint {0}', name) : l10n.t('index {0}', name)
}

function commentOn(object: string, comment: unknown): readonly string[] {
  return typeof comment === 'string' ? [`COMMENT ON ${object} IS ${literal(comment)}`] : []
}
