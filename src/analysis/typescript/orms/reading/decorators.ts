import {
  Node,
  type ClassDeclaration,
  type Decorator,
  type ObjectLiteralExpression,
  type SourceFile,
} from 'ts-morph'
import { baseOf } from '../../classes.ts'
import { isClass, returnedExpressions, isFunction, type ClassNode } from '../../functions.ts'
import type { Program } from '../../program.ts'
import type { Resolver } from '../../resolver.ts'

/** A decorator of a package, under the name by which the package exports it. */
export interface PackageDecorator {
  readonly name: string
  readonly args: readonly Node[]
  readonly node: Decorator
}

/** The decorators of a class or member that come from the packages whose names match. */
export function decoratorsOf(node: Node, packages: RegExp, resolver: Resolver): PackageDecorator[] {
  if (!Node.isDecoratable(node)) return []
  return node.getDecorators().flatMap((decorator): PackageDecorator[] => {
    const call = decorator.getCallExpression()
    const origin = resolver.origin(call?.getExpression() ?? decorator.getExpression()) ?? ''
    const [, module = '', name = ''] = /^"([^"]+)"\.(\w+)$/.exec(origin) ?? []
    return packages.test(module) ? [{ name, args: decorator.getArguments(), node: decorator }] : []
  })
}

/** The classes whose files mention one of some packages, each with the names of its own decorators from them. */
export function decoratedClasses(
  program: Program,
  packages: RegExp,
  mention: string,
  resolver: Resolver,
): { readonly node: ClassDeclaration; readonly decorators: readonly PackageDecorator[] }[] {
  return program
    .filesWith(mention)
    .flatMap((file) => file.getClasses())
    .map((node) => ({ node, decorators: decoratorsOf(node, packages, resolver) }))
    .filter(({ decorators }) => decorators.length > 0)
}

/** Whether a file's text holds a word at all. */
export function mentions(file: SourceFile, text: string): boolean {
  return file.compilerNode.text.includes(text)
}

/** A class and the project's classes above it, topmost first. */
export function lineage(owner: ClassNode, resolver: Resolver): ClassNode[] {
  const classes: ClassNode[] = []
  for (let next: ClassNode | null = owner; next && !classes.includes(next); next = baseOf(next, resolver))
    classes.unshift(next)
  return classes
}

/** The class that `() => User`, `(type) => User` or `User` names, or null. */
export function classNamedBy(node: Node | undefined, resolver: Resolver): ClassNode | null {
  if (!node) return null
  const value = isFunction(node) ? returnedExpressions(node)[0] : node
  const definition = value ? resolver.definition(value) : undefined
  return isClass(definition) ? definition : null
}

/** What `() => User`, `'User'` or `User` names. */
export function nameGivenBy(node: Node | undefined, resolver: Resolver): string | null {
  const named = classNamedBy(node, resolver)?.getName()
  if (named !== undefined) return named
  const value = node && isFunction(node) ? returnedExpressions(node)[0] : node
  if (Node.isStringLiteral(value)) return value.getLiteralValue()
  return Node.isIdentifier(value) ? value.getText() : null
}

/** The value of a property of an object literal. */
export function propertyOf(object: Node | undefined, name: string): Node | undefined {
  if (!Node.isObjectLiteralExpression(object)) return undefined
  const property = object.getProperty(name)
  if (Node.isShorthandPropertyAssignment(property)) return property.getNameNode()
  return Node.isPropertyAssignment(property) ? property.getInitializer() : undefined
}

/** Whether a property of an object literal is `true`. */
export function isTrue(object: Node | undefined, name: string): boolean {
  return propertyOf(object, name)?.getText() === 'true'
}

/** The text of a string literal. */
export function textOf(node: Node | undefined): string | null {
  return Node.isStringLiteral(node) || Node.isNoSubstitutionTemplateLiteral(node)
    ? node.getLiteralValue()
    : null
}

/** The texts of a list of string literals, of one, or of `(post) => [post.id, post.title]`; none for anything else. */
export function textsOf(node: Node | undefined): string[] {
  const value = node && isFunction(node) ? returnedExpressions(node)[0] : node
  const list = Node.isParenthesizedExpression(value) ? value.getExpression() : value
  const items = Node.isArrayLiteralExpression(list) ? list.getElements() : list ? [list] : []
  return items.flatMap((item) => {
    if (Node.isPropertyAccessExpression(item)) return [item.getName()]
    return textOf(item) ?? []
  })
}

/** The object literals among some arguments. */
export function objectsIn(args: readonly Node[]): ObjectLiteralExpression[] {
  return args.filter(Node.isObjectLiteralExpression)
}
