import { Node, type CallExpression, type PropertyAssignment } from 'ts-morph'
import { isClientCode } from '../client-code.ts'
import type { Resolver } from '../resolver.ts'
import { isCapped } from '../schema-limits.ts'
import type { Observation, Observer } from './observer.ts'

const sizes = /^(?:limit|take|page_?size|per_?page|items_?per_?page|page_?limit)$/i
const companions = /^(?:page|offset|skip|cursor|page_?number|page_?index|current_?page|after)$/i
/** What an answer tells of its page, and no request does. */
const answers =
  /^(?:total|has_?(?:next|prev|more)|(?:data|items|rows|results|records|meta|last_?page|page_?count)$)/i
const libraries =
  /^(?:new )?"(?:zod(?:\/[^"]*)?|@hono\/zod-openapi|joi|yup|valibot|@sinclair\/typebox|typebox|superstruct)"/
const numbers = ['number', 'int', 'integer', 'Integer', 'Number', 'numberString']

/** Schemas of a page (its size beside its number, offset or cursor) that admit any size. */
export const pageSchemas: Observer = {
  id: 'page-schemas',
  observeProgram: (program, resolver) => [
    ...new Map(
      numbers
        .flatMap((name) => program.applicationCallsNamed(name))
        .filter((call) => !isClientCode(call.getSourceFile()))
        .flatMap((call) => uncappedSize(call, resolver))
        .map((each) => [each.node, each]),
    ).values(),
  ],
}

function uncappedSize(call: CallExpression, resolver: Resolver): Observation[] {
  const property = call.getFirstAncestor(
    (node): node is PropertyAssignment => Node.isPropertyAssignment(node) && sizes.test(node.getName()),
  )
  const object = property?.getParent()
  if (!property || !Node.isObjectLiteralExpression(object) || isCapped(property.getText())) return []
  const names = object.getProperties().map((each) => (Node.isPropertyAssignment(each) ? each.getName() : ''))
  if (names.some((name) => answers.test(name))) return []
  if (!names.some((name) => companions.test(name)) || !libraries.test(resolver.origin(rootOf(call)) ?? ''))
    return []
  return [{ node: property, detail: { kind: 'uncapped-page-schema', name: property.getName() } }]
}

/** The identifier that a chain of calls starts with: `z` of `z.coerce.number().int()`. */
function rootOf(call: CallExpression): Node {
  let node: Node = call
  while (Node.isCallExpression(node) || Node.isPropertyAccessExpression(node)) node = node.getExpression()
  return node
}
