import { Node } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import type { SiteIntention } from '../../intentions.ts'
import { isFunction } from '../functions.ts'
import { identifiersIn } from '../loops.ts'
import { bodyReads } from '../observers/request-bodies.ts'
import type { Context } from './context.ts'
import { addImports } from './imports.ts'
import { freeName } from './names.ts'
import { belowImports, replacement } from './placement.ts'
import { styleOf } from './style.ts'

/**
 * Parses a body with a zod schema that names the fields the handler takes from it, to be completed by a person; only in
 * packages that use zod already.
 */
export function validateBody(
  { site }: SiteIntention,
  { sites, program, resolver }: Context,
): FileEdit[] | null {
  const { fn = null, framework = null } = sites.get(site) ?? {}
  const read = fn && framework ? bodyReads(fn, framework, resolver)[0] : undefined
  const file = read?.getSourceFile()
  if (!read || !file || program.dependencyVersion(file.getFilePath().slice(1), 'zod') === null) return null
  const fields = fieldsOf(read)
  const name = freeName(['bodySchema', 'requestBodySchema'], file)
  const imports = addImports(file, { zod: ['z'] })
  if (fields.length === 0 || name === null || !imports) return null
  const { end, indent } = styleOf(file)
  const lines = [
    `// Complete this: types, lengths and ranges that clients may send.`,
    `const ${name} = z.object({`,
    ...fields.map((field) => `${indent}${field}: z.unknown(),`),
    `})${end}`,
  ]
  return [...imports, belowImports(file, lines), replacement(read, `${name}.parse(${read.getText()})`)]
}

/** The fields that are taken out of a body, by a pattern or by properties of its variable; none of a list or a value with methods. */
function fieldsOf(read: Node): string[] {
  const declaration = read.getFirstAncestor(Node.isVariableDeclaration)
  const name = declaration?.getNameNode()
  if (Node.isObjectBindingPattern(name)) {
    if (name.getElements().some((element) => element.getDotDotDotToken())) return []
    return name
      .getElements()
      .map((element) => (element.getPropertyNameNode() ?? element.getNameNode()).getText())
  }
  if (!Node.isIdentifier(name)) return []
  const scope = read.getFirstAncestor(isFunction) ?? read.getSourceFile()
  const uses = identifiersIn(scope).filter((use) => use !== name && use.getText() === name.getText())
  const fields = uses.map((use) => {
    const access = use.getParent()
    if (!Node.isPropertyAccessExpression(access) || access.getName() === 'length') return null
    const call = access.getParent()
    const isMethod = Node.isCallExpression(call) && call.getExpression() === access
    return isMethod ? null : access.getName()
  })
  return fields.every((field) => field !== null) ? [...new Set(fields.flatMap((field) => field ?? []))] : []
}
