import type { TypeRow } from './types.ts'

/** Runs one statement and gives its rows. */
export type Query = (
  sql: string,
  params?: readonly unknown[],
) => Promise<readonly Readonly<Record<string, unknown>>[]>

/** A table as the catalogue has it. Partitions are part of the table that they belong to. */
export interface TableRow {
  readonly oid: number
  readonly schema: string
  readonly table: string
  /** As `Table.name`: with its schema in front where that isn't the search path's first. */
  readonly name: string
  /** Of all partitions. */
  readonly bytes: number
  /** Foreseen by its statistics; null where it was never analysed. */
  readonly estimatedRows: number | null
  readonly readable: boolean
}

export interface ColumnRow {
  readonly relation: number
  readonly name: string
  readonly type: number
  readonly modifier: number
  readonly declared: string
  readonly notNull: boolean
  readonly hasDefault: boolean
  /** `a` always, `d` by default, else empty. */
  readonly identity: string
  readonly generated: boolean
}

export interface ConstraintRow {
  readonly relation: number
  /** `p` primary key, `f` foreign key, `c` check, `x` exclusion. */
  readonly kind: string
  readonly columns: readonly string[]
  readonly referencedSchema: string | null
  readonly referencedTable: string | null
  readonly referencedColumns: readonly string[] | null
  /** Of checks and exclusions, as PostgreSQL words them. */
  readonly wording: string | null
  /** Of checks. */
  readonly condition: string | null
}

export interface UniqueRow {
  readonly relation: number
  readonly parts: readonly { readonly column: string | null; readonly expression: string }[]
  readonly partial: boolean
  readonly nullsNotDistinct: boolean
  readonly wording: string
}

export interface TriggerRow {
  readonly relation: number
  readonly name: string
  /** The bits of `pg_trigger.tgtype`; 0 for a rule. */
  readonly bits: number
  readonly language: string
  readonly function: string
  readonly source: string
  readonly arguments: readonly string[]
}

export interface PartitionRow {
  readonly relation: number
  /** `RANGE (created_at)` */
  readonly key: string
  /** `FOR VALUES FROM … TO …`, each. */
  readonly bounds: readonly string[]
  /** Whether partitions are partitioned in turn. */
  readonly nested: boolean
}

/** The user's tables in order of name: without views, foreign and temporary tables, and what extensions and Headroom own. */
export async function readTables(query: Query): Promise<readonly TableRow[]> {
  const rows = await rowsOf<TableRow>(
    query,
    `SELECT c.oid::int8 AS oid, n.nspname AS schema, c.relname AS table,
       CASE WHEN n.nspname = coalesce(current_schema(), 'public') THEN c.relname
            ELSE n.nspname || '.' || c.relname END AS name,
       size.bytes, size.estimate AS "estimatedRows",
       has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS readable
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     CROSS JOIN LATERAL (
       SELECT coalesce(sum(each.bytes), 0)::float8 AS bytes,
         CASE WHEN bool_and(each.bytes = 0 OR leaf.relpages > 0 AND leaf.reltuples >= 0)
              THEN coalesce(sum(leaf.reltuples * (each.bytes / 8192.0) / greatest(leaf.relpages, 1)), 0)::float8
              END AS estimate
       FROM (SELECT c.oid AS oid WHERE c.relkind = 'r'
             UNION ALL SELECT relid FROM pg_partition_tree(c.oid) WHERE isleaf) part
       JOIN pg_class leaf ON leaf.oid = part.oid
       CROSS JOIN LATERAL (SELECT coalesce(pg_relation_size(leaf.oid), 0)::float8 AS bytes) each
     ) size
     WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
       AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'headroom') AND n.nspname !~ '^pg_(toast|temp)'
       AND NOT EXISTS (SELECT FROM pg_depend d
         WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`,
  )
  return rows.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** The columns of these tables, in their order. */
export async function readColumns(query: Query, tables: readonly TableRow[]): Promise<readonly ColumnRow[]> {
  return rowsOf<ColumnRow>(
    query,
    `SELECT attrelid::int8 AS relation, attname AS name, atttypid::int8 AS type, atttypmod AS modifier,
       format_type(atttypid, atttypmod) AS declared, attnotnull AS "notNull",
       atthasdef AND attgenerated = '' OR attidentity <> '' AS "hasDefault",
       attidentity AS identity, attgenerated <> '' AS generated
     FROM pg_attribute
     WHERE attrelid = ANY ($1::oid[]) AND attnum > 0 AND NOT attisdropped
     ORDER BY attrelid, attnum`,
    tables,
  )
}

/** The types of these tables' columns and what they are made of, by oid. */
export async function readTypes(
  query: Query,
  tables: readonly TableRow[],
): Promise<ReadonlyMap<number, TypeRow>> {
  const rows = await rowsOf<TypeRow>(
    query,
    `WITH RECURSIVE used(oid) AS (
       SELECT atttypid FROM pg_attribute
       WHERE attrelid = ANY ($1::oid[]) AND attnum > 0 AND NOT attisdropped
       UNION
       SELECT part.oid FROM used JOIN pg_type t ON t.oid = used.oid
       CROSS JOIN LATERAL (VALUES (t.typbasetype), (t.typelem)) part(oid) WHERE part.oid <> 0
     )
     SELECT t.oid::int8 AS oid, t.typname AS name, t.typtype AS kind, n.nspname = 'pg_catalog' AS builtin,
       t.typbasetype::int8 AS base, t.typtypmod AS modifier, t.typnotnull AS "notNull",
       t.typdefault IS NOT NULL AS "hasDefault",
       CASE WHEN t.typcategory = 'A' AND t.typtype = 'b' THEN t.typelem ELSE 0 END::int8 AS element,
       (SELECT json_agg(enumlabel ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid) AS labels,
       (SELECT json_agg(pg_get_expr(conbin, 0) ORDER BY conname) FROM pg_constraint
        WHERE contypid = t.oid AND contype = 'c') AS checks
     FROM used JOIN pg_type t ON t.oid = used.oid JOIN pg_namespace n ON n.oid = t.typnamespace`,
    tables,
  )
  return new Map(rows.map((row) => [row.oid, row]))
}

/** Primary keys, foreign keys, CHECKs and exclusion constraints of these tables. */
export async function readConstraints(
  query: Query,
  tables: readonly TableRow[],
): Promise<readonly ConstraintRow[]> {
  return rowsOf<ConstraintRow>(
    query,
    `SELECT con.conrelid::int8 AS relation, con.contype AS kind,
       ${columnNames('con.conrelid', 'con.conkey')} AS columns,
       n.nspname AS "referencedSchema", c.relname AS "referencedTable",
       ${columnNames('con.confrelid', 'con.confkey')} AS "referencedColumns",
       CASE WHEN con.contype IN ('c', 'x') THEN pg_get_constraintdef(con.oid) END AS wording,
       CASE WHEN con.contype = 'c' THEN pg_get_expr(con.conbin, con.conrelid) END AS condition
     FROM pg_constraint con
     LEFT JOIN pg_class c ON c.oid = con.confrelid LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE con.conrelid = ANY ($1::oid[]) AND con.conparentid = 0 AND con.contype IN ('p', 'f', 'c', 'x')
       AND to_jsonb(con)->>'conenforced' IS DISTINCT FROM 'false'
     ORDER BY con.conrelid, con.conkey, con.conname`,
    tables,
  )
}

/** All that is unique in these tables besides their primary keys; what holds for all rows first. */
export async function readUniques(query: Query, tables: readonly TableRow[]): Promise<readonly UniqueRow[]> {
  return rowsOf<UniqueRow>(
    query,
    `SELECT i.indrelid::int8 AS relation, i.indpred IS NOT NULL AS partial,
       coalesce(to_jsonb(i)->>'indnullsnotdistinct' = 'true', false) AS "nullsNotDistinct",
       pg_get_indexdef(i.indexrelid) AS wording,
       (SELECT json_agg(json_build_object('column', a.attname,
          'expression', pg_get_indexdef(i.indexrelid, key.place::int4, true)) ORDER BY key.place)
        FROM unnest(i.indkey::int2[]) WITH ORDINALITY key(number, place)
        LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = key.number AND key.number > 0
        WHERE key.place <= i.indnkeyatts) AS parts
     FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     WHERE i.indrelid = ANY ($1::oid[]) AND i.indisunique AND NOT i.indisprimary AND i.indisready
     ORDER BY i.indrelid, i.indpred IS NOT NULL, i.indexprs IS NOT NULL, i.indkey::int2[], c.relname`,
    tables,
  )
}

/** Triggers that fire when a row is added or removed, and rules that do as much; partitions' own count as the table's. */
export async function readTriggers(
  query: Query,
  tables: readonly TableRow[],
): Promise<readonly TriggerRow[]> {
  return rowsOf<TriggerRow>(
    query,
    `SELECT coalesce(pg_partition_root(t.tgrelid), t.tgrelid)::int8 AS relation, t.tgname AS name,
       t.tgtype AS bits, l.lanname AS language, p.proname AS function, p.prosrc AS source,
       coalesce((SELECT json_agg(argument ORDER BY place)
         FROM unnest(string_to_array(encode(t.tgargs, 'escape'), '\\000')) WITH ORDINALITY list(argument, place)
         WHERE place <= t.tgnargs), '[]') AS arguments
     FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_language l ON l.oid = p.prolang
     WHERE coalesce(pg_partition_root(t.tgrelid), t.tgrelid) = ANY ($1::oid[]) AND t.tgparentid = 0
       AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND t.tgtype & 12 <> 0
     UNION ALL
     SELECT r.ev_class::int8, r.rulename, 0, '', '', '', '[]'
     FROM pg_rewrite r
     WHERE r.ev_class = ANY ($1::oid[]) AND r.ev_type IN ('3', '4') AND r.ev_enabled IN ('O', 'A')
     ORDER BY 1, 2`,
    tables,
  )
}

/** How partitioned tables are cut. */
export async function readPartitions(
  query: Query,
  tables: readonly TableRow[],
): Promise<readonly PartitionRow[]> {
  return rowsOf<PartitionRow>(
    query,
    `SELECT p.partrelid::int8 AS relation, pg_get_partkeydef(p.partrelid) AS key,
       coalesce(json_agg(pg_get_expr(c.relpartbound, c.oid)) FILTER (WHERE c.oid IS NOT NULL), '[]') AS bounds,
       coalesce(bool_or(c.relkind = 'p'), false) AS nested
     FROM pg_partitioned_table p
     LEFT JOIN pg_inherits i ON i.inhparent = p.partrelid LEFT JOIN pg_class c ON c.oid = i.inhrelid
     WHERE p.partrelid = ANY ($1::oid[])
     GROUP BY p.partrelid`,
    tables,
  )
}

/** All rows as one JSON text, which no setting of the driver reads in its own way. */
async function rowsOf<Row>(query: Query, sql: string, tables?: readonly TableRow[]): Promise<readonly Row[]> {
  const params = tables === undefined ? [] : [`{${tables.map(({ oid }) => oid).join()}}`]
  const [row] = await query(`SELECT coalesce(json_agg(r), '[]')::text AS rows FROM (${sql}) r`, params)
  // The statements above name their columns as the interfaces do.
  const parsed: readonly Row[] = JSON.parse(String(row?.['rows']))
  return parsed
}

function columnNames(relation: string, numbers: string): string {
  return `(SELECT json_agg(a.attname ORDER BY key.place)
    FROM unnest(${numbers}) WITH ORDINALITY key(number, place)
    JOIN pg_attribute a ON a.attrelid = ${relation} AND a.attnum = key.number)`
}
