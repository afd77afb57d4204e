import { Node, type ObjectLiteralExpression } from 'ts-morph'
import { isClass } from './functions.ts'
import type { Resolver } from './resolver.ts'

/** What a schema says about a number that a client sends. */
export interface SchemaLimit {
  /** The property of the schema. */
  readonly node: Node
  readonly capped: boolean
  readonly optional: boolean
}

const maximumDepth = 8

/**
 * The property of a schema that checks a value of the request, or null where the schema has none that can be found. Reads
 * zod, Joi, yup, valibot and TypeBox alike, JSON schemas, and classes with decorators.
 */
export function limitInSchema(schema: Node, name: string, resolver: Resolver): SchemaLimit | null {
  const node = propertyIn(schema, name, resolver, 0)
  if (!node) return null
  const text = textOf(node, resolver)
  return { node: namedSchema(node, resolver) ?? node, capped: isCapped(text), optional: isOptional(text) }
}

/** Whether the text of a schema sets a maximum, or admits a few values only. */
export function isCapped(text: string): boolean {
  return (
    /\b(?:max|lte?|less|maxValue|toMaxValue|between|range|clamp|Max|IsIn|enum|literal|literals|oneOf|valid|Enum|picklist)\s*\(/.test(
      text,
    ) ||
    /\b(?:maximum|exclusiveMaximum|max|enum|const)['"]?\s*:/.test(text) ||
    /Math\.min\s*\(/.test(text) ||
    /\b(?:transform|refine|superRefine|check|custom|preprocess|test)\b[\s\S]*[<>]=?\s*(?:[A-Z_]*MAX|[2-9]|\d{2,}|\w*[mM]ax)/.test(
      text,
    )
  )
}

function isOptional(text: string): boolean {
  if (/\bdefault\b|\bcatch\s*\(/.test(text)) return false
  return /\b(?:optional|nullish|Optional|IsOptional|partial)\s*\(|\w\?:/.test(text)
}

/** The schema that a property names, where it is checked the same way wherever it is used: `limit: pageSize`. */
function namedSchema(property: Node, resolver: Resolver): Node | null {
  const value = Node.isPropertyAssignment(property) ? property.getInitializer() : undefined
  const schema = Node.isIdentifier(value) ? resolver.definition(value) : undefined
  return Node.isCallExpression(schema) ? schema : null
}

/** The text of a property with those of the schemas it names. */
function textOf(property: Node, resolver: Resolver): string {
  const value = Node.isPropertyAssignment(property) ? property.getInitializer() : property
  if (!value || !Node.isIdentifier(value)) return property.getText()
  return `${property.getText()} ${resolver.definition(value).getText()}`
}

function propertyIn(schema: Node, name: string, resolver: Resolver, depth: number): Node | null {
  if (depth > maximumDepth) return null
  const node = resolver.instance(schema)
  const inside = (inner: Node): Node | null => propertyIn(inner, name, resolver, depth + 1)
  if (isClass(node)) {
    const own = node.getProperty(name)
    const base = node.getExtends()?.getExpression()
    return own ?? (base ? inside(base) : null)
  }
  if (Node.isObjectLiteralExpression(node)) return propertyOf(node, name, inside)
  if (Node.isArrayLiteralExpression(node)) return firstOf(node.getElements(), inside)
  if (!Node.isCallExpression(node)) return null
  const callee = node.getExpression()
  const found = firstOf(node.getArguments(), inside)
  return found ?? (Node.isPropertyAccessExpression(callee) ? inside(callee.getExpression()) : null)
}

function propertyOf(
  object: ObjectLiteralExpression,
  name: string,
  inside: (inner: Node) => Node | null,
): Node | null {
  const own = object.getProperty(name)
  if (own) return own
  const spreads = object.getProperties().filter(Node.isSpreadAssignment)
  const spread = firstOf(
    spreads.map((each) => each.getExpression()),
    inside,
  )
  if (spread) return spread
  const wrapped = ['properties', 'query', 'querystring'].flatMap((key) => {
    const property = object.getProperty(key)
    const value = Node.isPropertyAssignment(property) ? property.getInitializer() : undefined
    return value ? [value] : []
  })
  return firstOf(wrapped, inside)
}

function firstOf(nodes: readonly Node[], find: (node: Node) => Node | null): Node | null {
  for (const node of nodes) {
    const found = find(node)
    if (found) return found
  }
  return null
}
