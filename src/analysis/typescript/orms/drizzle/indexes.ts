import { Node, type CallExpression } from 'ts-morph'
import type { FileEdit } from '../../../../model/source.ts'
import { isFunction } from '../../functions.ts'
import { fileOf, type Program } from '../../program.ts'
import type { Resolver } from '../../resolver.ts'
import { addImports } from '../../rewrite/imports.ts'
import { insertion } from '../../rewrite/placement.ts'
import { styleOf } from '../../rewrite/style.ts'
import { declaredTables, extrasOf } from './schema.ts'
import { inLiteral } from '../reading/option-edits.ts'

/** Adds an `index(…).on(…)` to what a table declares besides its columns. */
export function addIndex(
  table: string,
  columns: readonly string[],
  program: Program,
  resolver: Resolver,
): FileEdit[] | null {
  const call = declaredTables(program, resolver).get(table)?.call
  const module = call && /^"(drizzle-orm\/[\w-]+)"/.exec(resolver.origin(call.getExpression()) ?? '')?.[1]
  if (!call || module === undefined) return null
  const imports = addImports(call.getSourceFile(), { [module]: ['index'] })
  const version = resolver.program.dependencyVersion(fileOf(call), 'drizzle-orm') ?? ''
  const edits = extraEdits(call, table, columns, listless.test(version))
  return imports && edits && [...imports, ...edits]
}

/** Versions whose tables take an object of extras, and no list yet. */
const listless = /^[~^]?0\.(?:[12]?\d|3[0-5])\./

function extraEdits(
  call: CallExpression,
  table: string,
  columns: readonly string[],
  isListless: boolean,
): FileEdit[] | null {
  const { quote } = styleOf(call.getSourceFile())
  const args = call.getArguments()
  const [name] = args
  const stem = Node.isStringLiteral(name) ? name.getLiteralValue() : snakeCase(table)
  const indexName = [stem, ...columns.map(snakeCase), 'idx'].join('_')
  const declaration = (owner: string): string =>
    `index(${quote(indexName)}).on(${columns.map((column) => `${owner}.${column}`).join(', ')})`
  const extras = args[2]
  if (!extras) {
    const last = args[1]
    const text = isListless
      ? `({ ${nameOf(columns)}: ${declaration('table')} })`
      : `[${declaration('table')}]`
    return last ? [insertion(last, last.getEnd(), `, (table) => ${text}`)] : null
  }
  const owner = isFunction(extras) ? extras.getParameters()[0]?.getNameNode() : undefined
  if (!Node.isIdentifier(owner)) return null
  const list = extrasOf(call).list ?? undefined
  const text = declaration(owner.getText())
  if (Node.isObjectLiteralExpression(list)) return inLiteral(list, [{ name: nameOf(columns), text }])
  const last = Node.isArrayLiteralExpression(list) ? list.getElements().at(-1) : undefined
  return last ? [insertion(last, last.getEnd(), `, ${text}`)] : null
}

function nameOf(columns: readonly string[]): string {
  return `${columns.join('And')}Index`
}

function snakeCase(name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter}`).toLowerCase()
}
