import { Node, type CallExpression, type PropertyDeclaration, type TypeNode } from 'ts-morph'
import { baseOf } from '../../classes.ts'
import { calleeName, isClass, isFunction, type ClassNode } from '../../functions.ts'
import { Topic } from '../../memo.ts'
import type { Resolver } from '../../resolver.ts'
import { decoratorsOf, propertyOf, textOf } from './decorators.ts'

/** An entity by the name that its table has; `node` is its class, where it has one. */
export interface Entity {
  readonly name: string
  readonly node: ClassNode | null
}

/** What a method is called on: a repository, something that is told the entity (`manager.find(User)`), or an entity's class. */
export interface Receiver {
  readonly kind: 'repository' | 'manager' | 'class'
  readonly entity: Entity | null
  readonly inTransaction: boolean
}

/** How a library of repositories and managers makes them. */
export interface Library {
  readonly packages: RegExp
  /** Origins of what is told the entity: connections and managers. */
  readonly handle: RegExp
  /** Origins of repositories, and of the classes they are instances of. */
  readonly repository: RegExp
  readonly repositoryClass: RegExp
  /** The origin of the class whose static methods are queries, or null. */
  readonly activeRecord: string | null
  /** Names of methods and functions that give a repository, and the origins of those that are free functions. */
  readonly giving: ReadonlySet<string>
  readonly givingFunction: RegExp
  /** Packages whose `@InjectRepository(User)` names the entity. */
  readonly injecting: RegExp
  /** Origins of classes whose instances declare an entity: `new EntitySchema({ name: 'User' })`. */
  readonly schemaClass: RegExp
  /** Whether a manager was made by a transaction. */
  isTransactional(node: Node, origin: string): boolean
}

const maximumDepth = 6

const receivers = new WeakMap<Library, Topic<Receiver | null>>()

/** Reads what a library's methods are called on; null for anything else. */
export function receiverIn(
  library: Library,
  expression: Node,
  resolver: Resolver,
  depth = 0,
): Receiver | null {
  const ofLibrary = receivers.get(library) ?? new Topic<Receiver | null>(null)
  receivers.set(library, ofLibrary)
  return resolver.remember(ofLibrary, expression, () =>
    depth > maximumDepth ? null : read(library, expression, resolver, depth),
  )
}

/** The entity that an argument names: a class, a schema, or a text. */
export function entityIn(library: Library, node: Node | undefined, resolver: Resolver): Entity | null {
  if (!node) return null
  const definition = resolver.definition(node)
  if (isClass(definition)) return named(definition)
  const text = textOf(definition)
  if (text !== null) return { name: text, node: null }
  if (
    Node.isNewExpression(definition) &&
    library.schemaClass.test(resolver.origin(definition.getExpression()) ?? '')
  ) {
    const name = textOf(propertyOf(definition.getArguments()[0], 'name'))
    return name === null ? null : { name, node: null }
  }
  return Node.isIdentifier(node) && !Node.isParameterDeclaration(definition)
    ? { name: node.getText(), node: null }
    : null
}

function read(library: Library, expression: Node, resolver: Resolver, depth: number): Receiver | null {
  const node = resolver.instance(expression)
  if (Node.isThisExpression(node) || Node.isSuperExpression(node))
    return receiverOfThis(library, node, resolver, depth)
  if (isClass(node))
    return isActiveRecord(library, node, resolver)
      ? { kind: 'class', entity: named(node), inTransaction: false }
      : null
  if (Node.isCallExpression(node)) {
    const given = repositoryGivenBy(library, node, resolver, depth)
    if (given) return given
  }
  const origin = resolver.origin(expression)
  if (origin !== null && library.handle.test(origin))
    return { kind: 'manager', entity: null, inTransaction: library.isTransactional(node, origin) }
  if (Node.isNewExpression(node))
    return classReceiver(library, resolver.definition(node.getExpression()), resolver)
  const typed = Node.isTyped(node) ? typedReceiver(library, node.getTypeNode(), resolver, depth) : null
  const entity = typed?.entity ?? injectedEntity(library, node, resolver)
  if (typed || entity || (origin !== null && library.repository.test(origin)))
    return { kind: 'repository', inTransaction: false, ...typed, entity }
  const assigned = Node.isPropertyDeclaration(node) ? assignmentTo(node) : undefined
  if (assigned) return receiverIn(library, assigned, resolver, depth + 1)
  return Node.isParameterDeclaration(node) ? receiverOfArgument(library, node, resolver, depth) : null
}

/** `getRepository(User)`, `dataSource.getRepository(User)`, `UserRepository.extend({…})`, `manager.withRepository(repository)` */
function repositoryGivenBy(
  library: Library,
  call: CallExpression,
  resolver: Resolver,
  depth: number,
): Receiver | null {
  const callee = call.getExpression()
  const name = calleeName(call) ?? ''
  if (!library.giving.has(name)) return null
  const [argument] = call.getArguments()
  const owner = Node.isPropertyAccessExpression(callee)
    ? receiverIn(library, callee.getExpression(), resolver, depth + 1)
    : null
  if (name === 'extend') return owner?.kind === 'repository' ? owner : null
  const isFree = library.givingFunction.test(resolver.origin(callee) ?? '')
  if (!isFree && owner?.kind !== 'manager' && owner?.kind !== 'class') return null
  const inTransaction = owner?.inTransaction ?? false
  if (name === 'withRepository') {
    const given = argument ? receiverIn(library, argument, resolver, depth + 1) : null
    return { kind: 'repository', entity: given?.entity ?? null, inTransaction }
  }
  const custom = argument ? classReceiver(library, resolver.definition(argument), resolver) : null
  const generic = call.getTypeArguments()[0]
  const entity =
    custom?.entity ??
    entityIn(library, argument, resolver) ??
    owner?.entity ??
    entityOfType(generic, resolver)
  return { kind: 'repository', entity, inTransaction }
}

/** A class of the project that extends `Repository<User>`. */
function classReceiver(library: Library, node: Node, resolver: Resolver): Receiver | null {
  if (!isClass(node) || !library.repositoryClass.test(resolver.origin(node) ?? '')) return null
  for (let owner: ClassNode | null = node; owner; owner = baseOf(owner, resolver)) {
    const entity = entityOfType(owner.getExtends()?.getTypeArguments()[0], resolver)
    if (entity) return { kind: 'repository', entity, inTransaction: false }
    const declared = decoratorsOf(owner, library.packages, resolver).find(
      ({ name }) => name === 'EntityRepository',
    )
    const told = entityIn(library, declared?.args[0], resolver)
    if (told) return { kind: 'repository', entity: told, inTransaction: false }
  }
  return { kind: 'repository', entity: null, inTransaction: false }
}

/** `this` in a repository's class, in the object that extends a repository, or in a static method of an entity. */
function receiverOfThis(library: Library, node: Node, resolver: Resolver, depth: number): Receiver | null {
  const owner = node.getFirstAncestor((ancestor) => isClass(ancestor) || isExtension(ancestor))
  if (Node.isCallExpression(owner)) return receiverIn(library, owner, resolver, depth + 1)
  if (!isClass(owner)) return null
  const method = node.getFirstAncestor((ancestor) => ancestor.getParent() === owner)
  const isStatic = Node.isStaticable(method) && method.isStatic()
  if (isStatic)
    return isActiveRecord(library, owner, resolver)
      ? { kind: 'class', entity: named(owner), inTransaction: false }
      : null
  return classReceiver(library, owner, resolver)
}

function isExtension(node: Node): boolean {
  return (
    Node.isCallExpression(node) &&
    calleeName(node) === 'extend' &&
    Node.isObjectLiteralExpression(node.getArguments()[0])
  )
}

/** What a declaration says to be a `Repository<User>`, or a class of the project that extends it. */
function typedReceiver(
  library: Library,
  type: TypeNode | undefined,
  resolver: Resolver,
  depth: number,
): Receiver | null {
  if (Node.isUnionTypeNode(type)) {
    for (const member of type.getTypeNodes()) {
      const receiver = typedReceiver(library, member, resolver, depth)
      if (receiver) return receiver
    }
    return null
  }
  if (Node.isTypeQuery(type)) return receiverIn(library, type.getExprName(), resolver, depth + 1)
  if (!Node.isTypeReference(type)) return null
  const declaration = resolver.definition(type.getTypeName())
  if (isClass(declaration)) return classReceiver(library, declaration, resolver)
  if (!library.repositoryClass.test(resolver.origin(type.getTypeName()) ?? '')) return null
  return {
    kind: 'repository',
    entity: entityOfType(type.getTypeArguments()[0], resolver),
    inTransaction: false,
  }
}

/** `@InjectRepository(User)` */
function injectedEntity(library: Library, node: Node, resolver: Resolver): Entity | null {
  const decorator = decoratorsOf(node, library.injecting, resolver).find(
    ({ name }) => name === 'InjectRepository',
  )
  return entityIn(library, decorator?.args[0], resolver)
}

/** What the constructor of a property's class assigns to it. */
function assignmentTo(property: PropertyDeclaration): Node | undefined {
  const owner = property.getParent()
  const assignments = isClass(owner) ? owner.getConstructors().flatMap((node) => node.getStatements()) : []
  for (const statement of assignments) {
    const assignment = Node.isExpressionStatement(statement) ? statement.getExpression() : undefined
    if (
      Node.isBinaryExpression(assignment) &&
      assignment.getLeft().getText() === `this.${property.getName()}`
    )
      return assignment.getRight()
  }
  return undefined
}

/** What the callers of a function hand over for a parameter that says nothing itself. */
function receiverOfArgument(
  library: Library,
  parameter: Node,
  resolver: Resolver,
  depth: number,
): Receiver | null {
  const fn = parameter.getParent()
  if (!isFunction(fn)) return null
  const index = fn.getParameters().findIndex((candidate) => candidate === parameter)
  const given = resolver
    .callersOf(fn)
    .slice(0, 4)
    .map((caller) => caller.getArguments()[index])
  for (const argument of given) {
    const receiver = argument ? receiverIn(library, argument, resolver, depth + 1) : null
    if (receiver) return receiver
  }
  return null
}

/** The entity of a type argument; none for a type parameter. */
export function entityOfType(type: Node | undefined, resolver: Resolver): Entity | null {
  if (!Node.isTypeReference(type)) return null
  const declaration = resolver.definition(type.getTypeName())
  if (isClass(declaration)) return named(declaration)
  return Node.isTypeParameterDeclaration(declaration)
    ? null
    : { name: type.getTypeName().getText(), node: null }
}

function named(node: ClassNode): Entity | null {
  const name = node.getName()
  return name === undefined ? null : { name, node }
}

function isActiveRecord({ activeRecord }: Library, owner: ClassNode, resolver: Resolver): boolean {
  return activeRecord !== null && resolver.origin(owner) === activeRecord
}
