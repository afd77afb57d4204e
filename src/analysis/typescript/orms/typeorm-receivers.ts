import { Node, type CallExpression, type PropertyDeclaration, type TypeNode } from 'ts-morph'
import { baseOf } from '../classes.ts'
import { calleeName, isClass, isFunction, type ClassNode } from '../functions.ts'
import type { Resolver } from '../resolver.ts'
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

const handle =
  /^(?:(?:new |<)"typeorm"\.(?:DataSource|Connection|(?:Mongo)?EntityManager|QueryRunner)>?|"typeorm"\.(?:createConnection|getConnection|getManager|getMongoManager)\(\))(?:\.(?:initialize|connect|createQueryRunner|createEntityManager)\(\)|\.(?:manager|connection|dataSource)|\.transaction\(@0\)|\(@0\))*$/
const repository = /^(?:new |<)"typeorm"\.(?:Tree|Mongo|Abstract)?Repository>?$/
const repositoryClass = /^"typeorm"\.(?:Tree|Mongo|Abstract)?Repository$/
const givingRepository = new Set(['getRepository', 'getTreeRepository', 'getMongoRepository', 'getCustomRepository', 'withRepository', 'extend'])
const maximumDepth = 6

const receivers = new WeakMap<Resolver, Map<Node, Receiver | null>>()

/** Reads what TypeORM's methods are called on; null for anything else. */
export function receiverOf(expression: Node, resolver: Resolver, depth = 0): Receiver | null {
  const known = receivers.get(resolver) ?? new Map<Node, Receiver | null>()
  receivers.set(resolver, known)
  const found = known.get(expression)
  if (found !== undefined) return found
  known.set(expression, null)
  const receiver = depth > maximumDepth ? null : read(expression, resolver, depth)
  known.set(expression, receiver)
  return receiver
}

/** The entity that an argument names: a class, a schema, or a text. */
export function entityOf(node: Node | undefined, resolver: Resolver): Entity | null {
  if (!node) return null
  const definition = resolver.definition(node)
  if (isClass(definition)) return named(definition)
  const text = textOf(definition)
  if (text !== null) return { name: text, node: null }
  if (Node.isNewExpression(definition) && resolver.origin(definition.getExpression()) === '"typeorm".EntitySchema') {
    const name = textOf(propertyOf(definition.getArguments()[0], 'name'))
    return name === null ? null : { name, node: null }
  }
  return Node.isIdentifier(node) && !Node.isParameterDeclaration(definition) ? { name: node.getText(), node: null } : null
}

function read(expression: Node, resolver: Resolver, depth: number): Receiver | null {
  const node = resolver.instance(expression)
  if (Node.isThisExpression(node) || Node.isSuperExpression(node)) return receiverOfThis(node, resolver, depth)
  if (isClass(node)) return resolver.origin(node) === '"typeorm".BaseEntity' ? { kind: 'class', entity: named(node), inTransaction: false } : null
  if (Node.isCallExpression(node)) {
    const given = repositoryGivenBy(node, resolver, depth)
    if (given) return given
  }
  const origin = resolver.origin(expression)
  if (origin !== null && handle.test(origin)) return { kind: 'manager', entity: null, inTransaction: isTransactional(node, origin) }
  if (Node.isNewExpression(node)) return classReceiver(resolver.definition(node.getExpression()), resolver)
  const typed = Node.isTyped(node) ? typedReceiver(node.getTypeNode(), resolver, depth) : null
  const entity = typed?.entity ?? injectedEntity(node, resolver)
  if (typed || entity || (origin !== null && repository.test(origin)))
    return { kind: 'repository', inTransaction: false, ...typed, entity }
  const assigned = Node.isPropertyDeclaration(node) ? assignmentTo(node) : undefined
  if (assigned) return receiverOf(assigned, resolver, depth + 1)
  return Node.isParameterDeclaration(node) ? receiverOfArgument(node, resolver, depth) : null
}

/** `getRepository(User)`, `dataSource.getRepository(User)`, `UserRepository.extend({…})`, `manager.withRepository(repository)` */
function repositoryGivenBy(call: CallExpression, resolver: Resolver, depth: number): Receiver | null {
  const callee = call.getExpression()
  const name = calleeName(call) ?? ''
  if (!givingRepository.has(name)) return null
  const [argument] = call.getArguments()
  const owner = Node.isPropertyAccessExpression(callee) ? receiverOf(callee.getExpression(), resolver, depth + 1) : null
  if (name === 'extend') return owner?.kind === 'repository' ? owner : null
  const isFree = /^"typeorm"\.get(?:\w*)Repository$/.test(resolver.origin(callee) ?? '')
  if (!isFree && owner?.kind !== 'manager' && owner?.kind !== 'class') return null
  const inTransaction = owner?.inTransaction ?? false
  if (name === 'withRepository') {
    const given = argument ? receiverOf(argument, resolver, depth + 1) : null
    return { kind: 'repository', entity: given?.entity ?? null, inTransaction }
  }
  const custom = argument ? classReceiver(resolver.definition(argument), resolver) : null
  const generic = call.getTypeArguments()[0]
  const entity = custom?.entity ?? entityOf(argument, resolver) ?? owner?.entity ?? entityOfType(generic, resolver)
  return { kind: 'repository', entity, inTransaction }
}

/** A class of the project that extends `Repository<User>`. */
function classReceiver(node: Node, resolver: Resolver): Receiver | null {
  if (!isClass(node) || !repositoryClass.test(resolver.origin(node) ?? '')) return null
  for (let owner: ClassNode | null = node; owner; owner = baseOf(owner, resolver)) {
    const entity = entityOfType(owner.getExtends()?.getTypeArguments()[0], resolver)
    if (entity) return { kind: 'repository', entity, inTransaction: false }
    const declared = decoratorsOf(owner, /^typeorm$/, resolver).find(({ name }) => name === 'EntityRepository')
    const told = entityOf(declared?.args[0], resolver)
    if (told) return { kind: 'repository', entity: told, inTransaction: false }
  }
  return { kind: 'repository', entity: null, inTransaction: false }
}

/** `this` in a repository's class, in the object that extends a repository, or in a static method of an entity. */
function receiverOfThis(node: Node, resolver: Resolver, depth: number): Receiver | null {
  const owner = node.getFirstAncestor((ancestor) => isClass(ancestor) || isExtension(ancestor))
  if (Node.isCallExpression(owner)) return receiverOf(owner, resolver, depth + 1)
  if (!isClass(owner)) return null
  const method = node.getFirstAncestor((ancestor) => ancestor.getParent() === owner)
  const isStatic = Node.isStaticable(method) && method.isStatic()
  if (isStatic) return resolver.origin(owner) === '"typeorm".BaseEntity' ? { kind: 'class', entity: named(owner), inTransaction: false } : null
  return classReceiver(owner, resolver)
}

function isExtension(node: Node): boolean {
  return Node.isCallExpression(node) && calleeName(node) === 'extend' && Node.isObjectLiteralExpression(node.getArguments()[0])
}

/** What a declaration says to be a `Repository<User>`, or a class of the project that extends it. */
function typedReceiver(type: TypeNode | undefined, resolver: Resolver, depth: number): Receiver | null {
  if (Node.isUnionTypeNode(type)) {
    for (const member of type.getTypeNodes()) {
      const receiver = typedReceiver(member, resolver, depth)
      if (receiver) return receiver
    }
    return null
  }
  if (Node.isTypeQuery(type)) return receiverOf(type.getExprName(), resolver, depth + 1)
  if (!Node.isTypeReference(type)) return null
  const declaration = resolver.definition(type.getTypeName())
  if (isClass(declaration)) return classReceiver(declaration, resolver)
  if (!repositoryClass.test(resolver.origin(type.getTypeName()) ?? '')) return null
  return { kind: 'repository', entity: entityOfType(type.getTypeArguments()[0], resolver), inTransaction: false }
}

/** `@InjectRepository(User)` */
function injectedEntity(node: Node, resolver: Resolver): Entity | null {
  const decorator = decoratorsOf(node, /^(?:@nestjs\/typeorm|typeorm-typedi-extensions|typeorm-typedi-extension)$/, resolver).find(({ name }) => name === 'InjectRepository')
  return entityOf(decorator?.args[0], resolver)
}

/** What the constructor of a property's class assigns to it. */
function assignmentTo(property: PropertyDeclaration): Node | undefined {
  const owner = property.getParent()
  const assignments = isClass(owner) ? owner.getConstructors().flatMap((node) => node.getStatements()) : []
  for (const statement of assignments) {
    const assignment = Node.isExpressionStatement(statement) ? statement.getExpression() : undefined
    if (Node.isBinaryExpression(assignment) && assignment.getLeft().getText() === `this.${property.getName()}`) return assignment.getRight()
  }
  return undefined
}

/** What the callers of a function hand over for a parameter that says nothing itself. */
function receiverOfArgument(parameter: Node, resolver: Resolver, depth: number): Receiver | null {
  const fn = parameter.getParent()
  if (!isFunction(fn)) return null
  const index = fn.getParameters().findIndex((candidate) => candidate === parameter)
  const given = resolver.callersOf(fn).slice(0, 4).map((caller) => caller.getArguments()[index])
  for (const argument of given) {
    const receiver = argument ? receiverOf(argument, resolver, depth + 1) : null
    if (receiver) return receiver
  }
  return null
}

/** The entity of a type argument; none for a type parameter. */
export function entityOfType(type: Node | undefined, resolver: Resolver): Entity | null {
  if (!Node.isTypeReference(type)) return null
  const declaration = resolver.definition(type.getTypeName())
  if (isClass(declaration)) return named(declaration)
  return Node.isTypeParameterDeclaration(declaration) ? null : { name: type.getTypeName().getText(), node: null }
}

function named(node: ClassNode): Entity | null {
  const name = node.getName()
  return name === undefined ? null : { name, node }
}

/** Whether a manager was made by a transaction: handed to its callback, or of a runner that started one here. */
function isTransactional(node: Node, origin: string): boolean {
  if (/\.transaction\(@0\)/.test(origin)) return true
  if (Node.isParameterDeclaration(node) && node.getDecorators().some((decorator) => decorator.getName() === 'TransactionManager')) return true
  if (!/QueryRunner/.test(origin)) return false
  const fn = node.getFirstAncestor(isFunction)
  return /\.startTransaction\(/.test(fn?.getText() ?? '')
}
