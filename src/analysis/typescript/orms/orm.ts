import type { CallExpression, Node, PropertyAssignment, TaggedTemplateExpression } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import type { Bound, Filter, Operation, Table } from '../../facts.ts'
import type { FunctionNode } from '../functions.ts'
import type { Program } from '../program.ts'
import type { Resolver } from '../resolver.ts'

/** A query as an ORM's adapter reads it. What {@link plainQuery} holds may be left to it. */
export interface Query {
  /** The table, collection or entity under the name that {@link Orm.tables} gives it, or null where it can't be read. */
  readonly table: string | null
  readonly operation: Operation
  /** Whether one statement writes many rows. */
  readonly bulk: boolean
  readonly bound: Bound | null
  readonly filters: readonly Filter[]
  /** The columns it is ordered by, none for no order, or null where the order can't be read. */
  readonly order: readonly string[] | null
  /** The expression that gives the limit, where there is one that can be read. */
  readonly limit: Node | null
  /** Whether it skips rows (`OFFSET`). */
  readonly skips: boolean
  /** Whether its limit or total counts the rows of its joins, not those of its table. */
  readonly countsJoinedRows: boolean
  readonly includes: readonly IncludedRelation[]
  /** The columns it reads, or null for all. */
  readonly columns: readonly string[] | null
  readonly inTransaction: boolean
  /** The expression whose awaited value are the rows; the call itself unless the query is built up in steps. */
  readonly value: Node
  /** Whether callers that weren't given may change what was read of it. */
  readonly dependsOnCaller?: true
  /** Whether the library makes one query of all such calls that are made at once. */
  readonly batchesInOneTick?: true
}

/** A relation that a query brings along; `many` null where the schema doesn't tell. */
export interface IncludedRelation {
  readonly relation: string
  readonly many: boolean | null
  readonly bounded: boolean
  readonly columns: readonly string[] | null
  readonly node: Node
}

/** A query about which nothing more is known than what it does and to which table. */
export const plainQuery = {
  bulk: false,
  bound: null,
  filters: [],
  order: [],
  limit: null,
  skips: false,
  countsJoinedRows: false,
  includes: [],
  columns: null,
  inTransaction: false,
} as const satisfies Omit<Query, 'table' | 'operation' | 'value'>

/** Where a page comes from at a query: source text of two numbers. */
export interface PageSource {
  readonly limit: string
  readonly offset: string
  /** Source text of what is undefined when no page is asked for and all rows are wanted, or null. */
  readonly unless: string | null
}

/** Where a page that starts after a key comes from: source text of a number and of a key, undefined for the first page. */
export interface KeyPageSource {
  readonly limit: string
  readonly after: string
}

/** A query for one row by its unique key, and how to read the rows for many keys at once. */
export interface Lookup {
  readonly column: string
  /** The expression that gives the key, as it stands in the query. */
  readonly key: Node
  /** What the query gives where there is no such row. */
  readonly missing?: 'undefined' | 'null'
  /**
   * For queries that give a list instead of the row itself, how to get from what is awaited to that list, the same for
   * {@link forKeys}: `[]` where it is the list (Drizzle), `['rows']` (pg), `['0']` (mysql2).
   */
  readonly givesListAt?: readonly string[]
  /** Source text of the same query for a list of keys; `keys` is the source text of that list. Without `await`. */
  readonly forKeys: (keys: string) => string
  /** Source text of the key in such a row where that isn't its column; `row` is the name of the row. */
  keyOf?(row: string): string
  /** Names that the text of {@link forKeys} needs, by module: `{ 'drizzle-orm': ['inArray'] }`. */
  readonly imports?: Readonly<Record<string, readonly string[]>>
}

/** A write of one row, and how to write many at once. */
export interface SingleWrite {
  /** The expression of the row as it stands in the write; several where its values are given one by one. */
  readonly row: Node | readonly Node[]
  /**
   * Source text of one statement that writes a list of rows; `rows` is the source text of that list, `isUntyped` tells that
   * its type may be unknown. Without `await`.
   */
  forRows(rows: string, isUntyped?: boolean): string
  /** How many rows one statement takes, where it takes only so many. */
  readonly rowsAtOnce?: number
  /** Edits that drop what the single write alone needed. */
  readonly edits?: readonly FileEdit[]
  readonly imports?: Readonly<Record<string, readonly string[]>>
  /** Whether the statement gives the rows it wrote, in order, as the single write gives its one row. */
  readonly givesRows?: boolean
}

/** A count of the rows with one value of a column, and how to count for many values at once. */
export interface KeyedCount {
  readonly column: string
  /** The expression that gives the value, as it stands in the query. */
  readonly key: Node
  /** Source text of a query for a list of values that gives one row for each value that occurs. Without `await`. */
  readonly forKeys: (keys: string) => string
  /** How to get from what {@link forKeys} gives, awaited, to the list of those rows, as in {@link Lookup}; `[]` unless told. */
  readonly givesListAt?: readonly string[]
  /** Source text of the value in such a row, and of its number (a JavaScript number); `row` is the name of the row. */
  keyOf(row: string): string
  countOf(row: string): string
  readonly imports?: Readonly<Record<string, readonly string[]>>
  /** How the number is read where the awaited value isn't the number itself. */
  readonly reads?: CountReads
}

/** How the number is read out of what an awaited count gives. */
export interface CountReads {
  /** The expression that the number takes the place of. */
  readonly place: Node
  /** The expressions that are the number. */
  readonly numbers: readonly Node[]
  /** Edits of what else read the number out of its place. */
  readonly edits: readonly FileEdit[]
}

/** A number that is added to a column, or subtracted from it, in memory, and written back. */
export interface Addition {
  readonly column: string
  readonly operator: '+' | '-'
  /** Source text of the number. */
  readonly amount: string
  /** Where an update says the new value; null where a row is saved. */
  readonly property: PropertyAssignment | null
  /** The name of the row that is saved, or null. */
  readonly row: string | null
  /** The table's primary key, where it is one column. */
  readonly primaryKey: string | null
}

/** The text of another query and the names it needs, by module. */
export interface Rewritten {
  readonly text: string
  readonly imports?: Readonly<Record<string, readonly string[]>>
}

/** Code in which an adapter must recognise queries, one after another: `code` runs in a handler, below `setup`. */
export interface OrmExample {
  readonly setup: string
  readonly code: string
  readonly queries: readonly Pick<Query, 'table' | 'operation' | 'bound'>[]
  /** Other files of the same program, by name: models, `prisma/schema.prisma`. */
  readonly others?: Readonly<Record<string, string>>
}

/** The queries of a library that are written as tagged templates: sql`SELECT …`. */
export interface TemplateQueries {
  /** The query that a template is, or null; a piece of SQL that another template takes in is none. */
  recognise(template: TaggedTemplateExpression, resolver: Resolver): Query | null
  /** As {@link Orm.paginate}, {@link Orm.appendOrder} and {@link Orm.selectColumns}. */
  paginate(
    template: TaggedTemplateExpression,
    page: PageSource,
    resolver: Resolver,
    primaryKey: string | null,
  ): FileEdit[] | null
  appendOrder(template: TaggedTemplateExpression, primaryKey: string, resolver: Resolver): FileEdit[] | null
  selectColumns(
    template: TaggedTemplateExpression,
    columns: readonly string[],
    resolver: Resolver,
  ): FileEdit[] | null
}

/**
 * One data access library: recognises its calls, and carries out intentions as edits. Knows nothing of rules.
 * An optional method that is missing, or gives null, means that the fix isn't offered.
 */
export interface Orm {
  readonly id: string
  /** Whether its calls give rows rather than promises of rows. */
  readonly isSynchronous?: true
  readonly examples: readonly OrmExample[]
  /**
   * The query that a call is the outermost part of, or null. `callers` are the calls that led to the function it stands
   * in, innermost last, because a query may be completed by its caller.
   */
  recognise(call: CallExpression, resolver: Resolver, callers: readonly CallExpression[]): Query | null
  readonly templates?: TemplateQueries
  /** The tables that schemas and entities declare. */
  tables?(program: Program, resolver: Resolver): Table[]
  /** The functions of this project that a call on a row runs: methods of models and entities. */
  rowMethods?(call: CallExpression, resolver: Resolver): readonly FunctionNode[]
  /** Edits that make a query read one page, or null where that can't be done. `primaryKey` orders what has no order. */
  paginate(
    call: CallExpression,
    query: Query,
    page: PageSource,
    resolver: Resolver,
    primaryKey: string | null,
  ): FileEdit[] | null
  /** Edits that make a query without an order of its own read the page after a key, ordered by it. */
  paginateByKey?(
    call: CallExpression,
    query: Query,
    page: KeyPageSource,
    resolver: Resolver,
    primaryKey: string,
  ): FileEdit[] | null
  /** The query as a look-up by the one unique key that `isKey` accepts, or null. */
  lookup(call: CallExpression, isKey: (value: Node) => boolean, resolver: Resolver): Lookup | null
  /**
   * The query as a read of all rows with the one value that `isKey` accepts in a column that isn't unique, whole or with
   * that column among those it selects; null where a limit or grouping makes the rows for one value depend on others.
   */
  children?(call: CallExpression, isKey: (value: Node) => boolean, resolver: Resolver): Lookup | null
  /** A query that gives the number of rows with the one value that `isKey` accepts, or null. */
  countsByKey?(call: CallExpression, isKey: (value: Node) => boolean, resolver: Resolver): KeyedCount | null
  /** The query as a write of one row, or null. */
  singleWrite?(call: CallExpression, query: Query, resolver: Resolver): SingleWrite | null
  /** An expression that gives the number of the rows that a query would read, to be awaited as the query is. */
  count?(call: CallExpression, query: Query, resolver: Resolver): Rewritten | null
  /** Edits that make a query read these columns only. */
  selectColumns?(
    call: CallExpression,
    query: Query,
    columns: readonly string[],
    resolver: Resolver,
  ): FileEdit[] | null
  /** Edits that make a query bring the row of a to-one relation along, under the relation's name. */
  include?(call: CallExpression, query: Query, relation: string, resolver: Resolver): FileEdit[] | null
  /** Edits that replace the limit of a query, or add to its order: for pages that are too large or unstable. */
  appendOrder?(call: CallExpression, query: Query, primaryKey: string, resolver: Resolver): FileEdit[] | null
  /** Edits that let the database add to a column, in a call that writes what was computed in memory. */
  increment?(call: CallExpression, addition: Addition, resolver: Resolver): FileEdit[] | null
  /** Edits that add an index to the schema. */
  addIndex?(
    table: string,
    columns: readonly string[],
    program: Program,
    resolver: Resolver,
  ): FileEdit[] | null
}
