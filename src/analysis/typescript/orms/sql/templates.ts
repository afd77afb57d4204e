import { Node, SyntaxKind, type TaggedTemplateExpression } from 'ts-morph'
import { transactionAround } from '../../control-flow.ts'
import { isFunction, isTransparent } from '../../functions.ts'
import type { Resolver } from '../../resolver.ts'
import { ofOneRow, usesOfName, type RowsAt } from '../reading/first-row.ts'
import type { PageSource, Query, TemplateQueries } from '../orm.ts'
import { sqlQuery, sqlRunOf, type SqlRun } from './call.ts'
import { sqlAppendOrder, sqlPaginate, sqlSelectColumns, type SqlDialect } from './fixes.ts'

/** A tag whose templates are run as statements of SQL. */
export interface SqlTag {
  readonly rowsAt: RowsAt
  /** Whether what it runs belongs to a transaction. */
  readonly inTransaction: boolean
  /** What may be put behind `LIMIT`: null for all rows, or only numbers; null where the database knows no such clause. */
  readonly limits: 'nullable' | 'numbers' | null
}

/** Templates bind what is put into them: no placeholder is ever written, and no list of values given. */
const dialect: SqlDialect = {
  placeholder: () => '',
  values: 'list',
  allRows: { limit: 'null', offset: 'null' },
  keyList: null,
}

/** The queries of a library that runs templates with one of its tags as SQL; `tagOf` reads a tag, or gives null for others. */
export function sqlTemplates(tagOf: (tag: Node, resolver: Resolver) => SqlTag | null): TemplateQueries {
  return {
    recognise(template, resolver) {
      const tag = tagOf(template.getTag(), resolver)
      const run = tag && !isTakenIn(template) ? runOf(template, resolver) : null
      const query = run && sqlQuery(run, template, resolver)
      return tag && query && ofOneRow(completed(query, run, template, tag), template, tag.rowsAt)
    },
    paginate(template, page: PageSource, resolver, primaryKey) {
      const limits = tagOf(template.getTag(), resolver)?.limits ?? null
      if (limits === null || (page.unless !== null && limits !== 'nullable')) return null
      return sqlPaginate(template, runOf(template, resolver), page, primaryKey, dialect)
    },
    appendOrder: (template, primaryKey, resolver) =>
      sqlAppendOrder(template, runOf(template, resolver), primaryKey),
    selectColumns: (template, columns, resolver) =>
      sqlSelectColumns(template, runOf(template, resolver), columns),
  }
}

function completed(query: Query, run: SqlRun, template: TaggedTemplateExpression, tag: SqlTag): Query {
  return {
    ...query,
    bound: isStreamed(template) ? 'stream' : query.bound,
    bulk: query.bulk || (query.operation === 'insert' && insertsList(template)),
    limit: query.limit ?? limitIn(template, run),
    inTransaction: query.inTransaction || tag.inTransaction || transactionAround(template) !== null,
  }
}

/** Whether a template is a piece of SQL that another template takes in, by itself or by the name of a variable. */
function isTakenIn(node: Node): boolean {
  const parent = node.getParent()
  if (Node.isTemplateSpan(parent)) return Node.isTaggedTemplateExpression(parent.getParent().getParent())
  if (Node.isAwaitExpression(parent)) return false
  if (Node.isVariableDeclaration(parent))
    return usesOfName(parent.getNameNode()).some((use) => use !== node && isTakenIn(use))
  const isChoice =
    Node.isBinaryExpression(parent) ||
    (Node.isConditionalExpression(parent) && parent.getCondition() !== node)
  return parent !== undefined && (isChoice || isTransparent(parent)) && isTakenIn(parent)
}

/** `` sql`…`.cursor(100) `` gives the rows bit by bit. */
function isStreamed(template: Node): boolean {
  const access = template.getParent()
  return Node.isPropertyAccessExpression(access) && /^(?:cursor|forEach|readable)$/.test(access.getName())
}

/** The expression that gives the limit, also of a piece of SQL that is taken in. */
function limitIn(template: Node, { statement }: SqlRun): Node | null {
  if (statement.limit?.kind !== 'interpolation') return null
  const written = statement.limit.text
  const valueIn = (scope: Node | undefined): Node | undefined =>
    scope
      ?.getDescendantsOfKind(SyntaxKind.TemplateSpan)
      .map((span) => span.getExpression())
      .find((value) => '${' + value.getText() + '}' === written)
  return valueIn(template) ?? valueIn(template.getFirstAncestor(isFunction)) ?? null
}

/** `` sql`INSERT INTO posts ${sql(rows)}` `` where the rows are a list, as far as the code shows. */
function insertsList(template: TaggedTemplateExpression): boolean {
  const tag = template.getTag().getText()
  return template.getDescendantsOfKind(SyntaxKind.CallExpression).some((call) => {
    const [rows] = call.getArguments()
    return call.getExpression().getText() === tag && rows !== undefined && isList(rows)
  })
}

function isList(rows: Node): boolean {
  const declaration = Node.isIdentifier(rows) ? rows.getSymbol()?.getValueDeclaration() : undefined
  if (Node.isVariableDeclaration(declaration) || Node.isParameterDeclaration(declaration)) {
    const type = declaration.getTypeNode()?.getText() ?? ''
    const made = declaration.getInitializer()
    return /\[\]$|^(?:Readonly)?Array</.test(type) || (made !== undefined && isList(made))
  }
  if (Node.isArrayLiteralExpression(rows)) return true
  const callee = Node.isCallExpression(rows) ? rows.getExpression() : undefined
  return Node.isPropertyAccessExpression(callee) && /^(?:map|filter|flatMap)$/.test(callee.getName())
}

function runOf(template: TaggedTemplateExpression, resolver: Resolver): SqlRun | null {
  return sqlRunOf({ text: template, values: null, valuesIndex: null }, resolver)
}
