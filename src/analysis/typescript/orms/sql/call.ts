import { Node, SyntaxKind } from 'ts-morph'
import type { Bound, Filter } from '../../../facts.ts'
import { bare, calleeName, isFunction } from '../../functions.ts'
import type { Resolver } from '../../resolver.ts'
import { plainQuery, type Query } from '../orm.ts'
import { isLeadingWildcard } from '../reading/patterns.ts'
import type { SqlCondition } from './conditions.ts'
import { sqlSourceOf, type SqlSource } from './source.ts'
import type { SqlStatement } from './statement.ts'
import { readSql } from './text.ts'
import { sqlTokens, type SqlToken } from './tokens.ts'
import type { SqlArguments } from './wrapper.ts'

/** A call that runs a statement of SQL. */
export interface SqlRun {
  readonly source: SqlSource
  readonly statement: SqlStatement
  /** The values bound to the statement: an array or object, or one node each. */
  readonly values: Node | readonly Node[] | null
  /** The index of the argument that gives the values, or would give them; null where none can be given. */
  readonly valuesIndex: number | null
}

/** Reads what a call runs, or gives null where the text isn't known or reads and writes no rows. */
export function sqlRunOf(
  { text, values, valuesIndex }: { readonly text: Node } & Pick<SqlRun, 'values' | 'valuesIndex'>,
  resolver: Resolver,
): SqlRun | null {
  const source = sqlSourceOf(text, resolver)
  const statement = source && readSql(source.text)
  return source && statement ? { source, statement, values, valuesIndex } : null
}

/** The query that a call makes by running a statement; `value` gives its answer. */
export function sqlQuery(run: SqlRun, value: Node, resolver: Resolver): Query | null {
  const { source, statement } = run
  const certain = source.always === source.text ? statement : readSql(source.always)
  if (!certain) return null
  return {
    ...plainQuery,
    table: certain.table ?? statement.table,
    operation: certain.operation,
    bulk: statement.bulk,
    bound: boundOf(source, certain, statement),
    filters: statement.filters.map((condition) => filterOf(condition, run, resolver)),
    order: statement.order?.length === 0 && fragmentsMayOrder(source.text) ? null : statement.order,
    limit: statement.limit && limitNode(run, statement.limit, value, resolver),
    skips: statement.skips,
    columns: statement.columns,
    inTransaction: isInTransaction(value),
    value,
  }
}

function filterOf(condition: SqlCondition, run: SqlRun, resolver: Resolver): Filter {
  const { column, match } = condition
  return searchesAnywhere(condition, run, resolver)
    ? { column, match, pattern: 'leading-wildcard' }
    : { column, match }
}

/** `LIKE '%…'`, also where the pattern is bound. */
function searchesAnywhere(condition: SqlCondition, run: SqlRun, resolver: Resolver): boolean {
  const { value, isPattern } = condition
  if (!isPattern || !value) return false
  if (value.kind === 'string') return /^\\?'%/.test(value.text)
  const bound =
    value.kind === 'interpolation' ? interpolated(run.source, value.text) : boundValue(value, run, resolver)
  return bound !== null && isLeadingWildcard(bound)
}

/** The expression bound to a placeholder. */
export function boundValue(placeholder: SqlToken, run: SqlRun, resolver: Resolver): Node | null {
  if (placeholder.kind !== 'parameter') return null
  const nodes = valueNodes(run.values, resolver)
  const position = /^[$?](\d+)$/.exec(placeholder.text)?.[1]
  if (position !== undefined) return nodes[Number(position) - 1] ?? null
  if (placeholder.text !== '?') return namedValue(nodes, placeholder.text.slice(1))
  return nodes[placeholders(run.source.text).findIndex(({ start }) => start === placeholder.start)] ?? null
}

function boundOf(source: SqlSource, certain: SqlStatement, all: SqlStatement): Bound | null {
  if (certain.bound !== null) return certain.bound
  if (all.bound === 'limit') return source.isOptional ? 'optional-limit' : 'limit'
  return fragmentsMayLimit(source.text) ? 'limit' : null
}

/** A piece of SQL that can't be read but is called a limit or a page: `SELECT … ${pagination}`. */
function fragmentsMayLimit(text: string): boolean {
  return /\$\{[^}]*(?:limit|pagina|paging)[^}]*\}\s*;?\s*$/i.test(text)
}

/** A piece of SQL that can't be read but is called an order: `SELECT … ${orderBy}`. */
function fragmentsMayOrder(text: string): boolean {
  return /\$\{[^}]*(?:order|sort)[^}]*\}/i.test(text)
}

/** The expression that gives the limit: a value put in, or one of the values bound. */
function limitNode({ source, values }: SqlRun, limit: SqlToken, call: Node, resolver: Resolver): Node | null {
  if (limit.kind === 'interpolation') return interpolated(source, limit.text) ?? putInAround(call, limit.text)
  const list = valueNodes(values, resolver)
  if (limit.kind === 'parameter' && /^[:@$][A-Za-z_]/.test(limit.text))
    return namedValue(list, limit.text.slice(1))
  const position = /^[$?](\d+)$/.exec(limit.text)?.[1]
  if (position !== undefined && source.literal) return list[Number(position) - 1] ?? null
  if (limit.kind !== 'parameter' && limit.text !== '$') return null
  const after = placeholders(source.text).filter(({ start }) => start > limit.start).length
  return list.at(-1 - after) ?? null
}

/** The tokens for which values are bound, in order. */
export function placeholders(text: string): SqlToken[] {
  const tokens = sqlTokens(text)
  return tokens.filter(
    ({ kind, text: written }, index) =>
      kind === 'parameter' || (written === '$' && tokens[index + 1]?.kind === 'interpolation'),
  )
}

function interpolated({ literal }: SqlSource, text: string): Node | null {
  if (literal === null || !Node.isTemplateExpression(literal)) return null
  const spans = literal.getTemplateSpans().map((span) => span.getExpression())
  return spans.find((expression) => '${' + expression.getText() + '}' === text) ?? null
}

/** What a fragment of the statement takes in, where the fragment stands in the function around the call. */
function putInAround(call: Node, text: string): Node | null {
  const spans = call.getFirstAncestor(isFunction)?.getDescendantsOfKind(SyntaxKind.TemplateSpan) ?? []
  const found = spans
    .map((span) => span.getExpression())
    .filter((each) => '${' + each.getText() + '}' === text)
  return found[0] ?? null
}

/** The values bound to a statement, one by one, those included that are pushed to the list later. */
export function valueNodes(values: SqlRun['values'], resolver: Resolver): readonly Node[] {
  if (values === null) return []
  if (!(values instanceof Node))
    return values.flatMap((value) =>
      Node.isSpreadElement(value) ? valueNodes(value.getExpression(), resolver) : [value],
    )
  const list = resolver.definition(values)
  if (!Node.isArrayLiteralExpression(list)) return [values]
  const scope = values.getFirstAncestor(isFunction)
  const pushed = scope
    ?.getDescendantsOfKind(SyntaxKind.CallExpression)
    .filter(
      (call) =>
        call.getExpression().getText() === `${values.getText()}.push` && call.getStart() < values.getStart(),
    )
    .flatMap((call) => call.getArguments())
  return [...list.getElements(), ...(pushed ?? [])]
}

function namedValue(values: readonly Node[], name: string): Node | null {
  const [object] = values
  const property = Node.isObjectLiteralExpression(object) ? object.getProperty(name) : undefined
  if (Node.isShorthandPropertyAssignment(property)) return property.getNameNode()
  return Node.isPropertyAssignment(property) ? (property.getInitializer() ?? null) : null
}

const begins =
  /(?:(?:query|execute|exec|run)\(\s*(?:sql)?['"`]|\w`)\s*(?:BEGIN|START\s+TRANSACTION)|\.beginTransaction\(/i

/** Whether a statement runs between `BEGIN` and its end, or in a function that is handed to `transaction`. */
function isInTransaction(node: Node): boolean {
  return node.getAncestors().some((fn) => {
    if (!isFunction(fn)) return false
    const call = fn.getParent()
    if (
      Node.isCallExpression(call) &&
      /^(?:transaction|begin|tx|withTransaction)$/.test(calleeName(call) ?? '')
    )
      return true
    return begins.test(fn.getText().slice(0, node.getStart() - fn.getStart()))
  })
}

/** The properties of `{ text, values }`, for drivers that take a statement as an object. */
export function statementObject(
  node: Node | undefined,
  resolver: Resolver,
  names: { readonly text: string; readonly values: string },
): SqlArguments | null {
  const object = node && resolver.definition(bare(node))
  if (!Node.isObjectLiteralExpression(object)) return null
  const text = propertyValue(object, names.text)
  return text ? { text, values: propertyValue(object, names.values), valuesIndex: null } : null
}

function propertyValue(object: Node, name: string): Node | null {
  const property = Node.isObjectLiteralExpression(object) ? object.getProperty(name) : undefined
  if (Node.isShorthandPropertyAssignment(property)) return property.getNameNode()
  return Node.isPropertyAssignment(property) ? (property.getInitializer() ?? null) : null
}
