import { Node } from 'ts-morph'
import { bare } from '../../functions.ts'
import type { Resolver } from '../../resolver.ts'
import { propertyOf } from '../reading/decorators.ts'

/** What an option says, without the message that Mongoose takes along: `[3, 'too short']`, `{ value: 3, message }`. */
export function optionValue(options: Node | undefined, name: string, resolver: Resolver): Node | undefined {
  const given = propertyOf(options, name)
  const node = given && bare(resolver.definition(given))
  if (Node.isArrayLiteralExpression(node) && name !== 'enum') return node.getElements()[0]
  return propertyOf(node, 'value') ?? node
}

/** The number of a literal; of `Date.UTC(…)` and the like nothing is known. */
export function numberOf(node: Node | undefined): number | undefined {
  if (node === undefined || !/^[-+]?[\d_.]+(?:e\d+)?$/i.test(node.getText())) return undefined
  return Number(node.getText().replaceAll('_', ''))
}

/** The values that `enum` names: in a list, as `values`, or as those of an object or an enum. */
export function enumValues(options: Node | undefined, resolver: Resolver): readonly string[] | undefined {
  const given = propertyOf(options, 'enum')
  const values = given && listedValues(given, resolver)
  return values === undefined || values.length === 0 ? undefined : values
}

function listedValues(given: Node, resolver: Resolver): readonly string[] | undefined {
  const node = thawed(bare(resolver.definition(bare(given))))
  if (Node.isArrayLiteralExpression(node)) {
    const values = node.getElements().map((element) => literalValue(element, resolver))
    // A null in the list only allows the field to be empty.
    return values.every((value) => value !== undefined)
      ? values.filter((value) => value !== 'null')
      : undefined
  }
  if (Node.isCallExpression(node) && /^Object\.(?:values|keys)$/.test(node.getExpression().getText())) {
    const [object] = node.getArguments()
    return object && membersOf(object, resolver, node.getExpression().getText().endsWith('keys'))
  }
  const inner = propertyOf(node, 'values')
  return inner === undefined ? membersOf(node, resolver, false) : listedValues(inner, resolver)
}

/** What `Object.freeze(…)` is given. */
function thawed(node: Node): Node {
  const isFrozen = Node.isCallExpression(node) && node.getExpression().getText() === 'Object.freeze'
  return (isFrozen ? node.getArguments()[0] : undefined) ?? node
}

/** The values, or names, of an object's or enum's members. */
function membersOf(object: Node, resolver: Resolver, names: boolean): readonly string[] | undefined {
  const node = thawed(bare(resolver.definition(bare(object))))
  if (Node.isEnumDeclaration(node))
    return node.getMembers().map((member) => (names ? member.getName() : String(member.getValue())))
  if (!Node.isObjectLiteralExpression(node)) return undefined
  const values = node.getProperties().map((property) => {
    if (!Node.isPropertyAssignment(property)) return undefined
    const value = property.getInitializer()
    return names ? property.getName().replace(/^['"`]|['"`]$/g, '') : value && literalValue(value, resolver)
  })
  return values.every((value) => value !== undefined) ? values : undefined
}

function literalValue(node: Node, resolver: Resolver): string | undefined {
  const value = bare(resolver.definition(bare(node)))
  if (Node.isStringLiteral(value) || Node.isNoSubstitutionTemplateLiteral(value))
    return value.getLiteralValue()
  if (Node.isEnumMember(value)) return String(value.getValue())
  return Node.isNumericLiteral(value) || value.getText() === 'null' ? value.getText() : undefined
}

/** The source of the regular expression that a `match` names. */
export function patternOf(node: Node | undefined): string | undefined {
  if (!Node.isRegularExpressionLiteral(node)) return undefined
  const text = node.getText()
  return text.slice(1, text.lastIndexOf('/'))
}
