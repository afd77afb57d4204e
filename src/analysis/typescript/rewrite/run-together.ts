import { Node, VariableDeclarationKind, type VariableStatement } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import type { SiteIntention } from '../../intentions.ts'
import { fileOf } from '../program.ts'
import type { Context } from './context.ts'
import { indentOf, styleOf, type Style } from './style.ts'

/** Source text of one read: the names it fills and what is awaited. */
interface Read {
  readonly names: string
  readonly awaited: string
}

const lineWidth = 110

/**
 * Joins reads that stand in a row into one `await Promise.all([…])`. Null where anything stands between them, where a
 * comment would be lost, or where a name is not a plain constant.
 */
export function runTogether({ site }: SiteIntention, { sites }: Context): FileEdit[] | null {
  const traced = sites.get(site)
  if (traced?.facts.detail.kind !== 'sequential-reads') return null
  const statement = traced.node.getFirstAncestor(Node.isVariableStatement)
  if (!statement) return null
  const statements = rowAround(statement, traced.facts.detail.reads)
  const reads = statements?.map(readOf)
  const [first, last] = [statements?.[0], statements?.at(-1)]
  if (!first || !last || !reads || reads.some((read) => read === null)) return null
  const between = first.getSourceFile().getFullText().slice(first.getStart(), last.getEnd())
  if (/\/\/|\/\*/.test(between)) return null
  const text = joined(
    reads.filter((read) => read !== null),
    indentOf(first),
    styleOf(first.getSourceFile()),
  )
  return [{ file: fileOf(first), start: first.getStart(), end: last.getEnd(), text }]
}

/** So many statements in a row of which the given one is the second. */
function rowAround(second: VariableStatement, length: number): VariableStatement[] | null {
  const first = second.getPreviousSibling()
  const row = [first, second, ...second.getNextSiblings().slice(0, length - 2)]
  const statements = row.filter(Node.isVariableStatement)
  return statements.length === length ? statements : null
}

function readOf(statement: VariableStatement): Read | null {
  const [declaration, ...others] = statement.getDeclarations()
  const initial = declaration?.getInitializer()
  if (!declaration || others.length > 0 || declaration.getTypeNode() || !Node.isAwaitExpression(initial))
    return null
  if (statement.getDeclarationKind() !== VariableDeclarationKind.Const) return null
  const awaited = initial.getExpression()
  const hasLongText = awaited
    .forEachDescendantAsArray()
    .some(
      (node) =>
        (Node.isTemplateExpression(node) || Node.isNoSubstitutionTemplateLiteral(node)) &&
        node.getText().includes('\n'),
    )
  if (hasLongText) return null
  return { names: declaration.getNameNode().getText(), awaited: awaited.getText() }
}

function joined(reads: readonly Read[], indent: string, style: Style): string {
  const names = reads.map((read) => read.names).join(', ')
  const start = `const [${names}] = await Promise.all([`
  const line = `${start}${reads.map(({ awaited }) => awaited).join(', ')}])${style.end}`
  if (!line.includes('\n') && indent.length + line.length <= lineWidth) return line
  const inner = indent + style.indent
  const lines = reads.map(({ awaited }) => `${inner}${awaited.replaceAll('\n', `\n${style.indent}`)},`)
  return [start, ...lines, `${indent}])${style.end}`].join(style.lineBreak)
}
