import {
  Node,
  type CallExpression,
  type NewExpression,
  type ObjectLiteralExpression,
  type SourceFile,
  type ts,
  type TypeNode,
} from 'ts-morph'
import { isSupportFile } from '../source-tree.ts'
import { isProcedureContext, procedureContexts } from './frameworks/trpc/context.ts'
import { baseOf, constructionsNamed } from './classes.ts'
import { assignedValues, isPresent } from './declarations.ts'
import {
  isClass,
  isFunction,
  isPlainType,
  returnedExpressions,
  symbolOf,
  type ClassNode,
} from './functions.ts'
import { injectedValue, providedBy, registeredAs } from './injection.ts'
import { Topic } from './memo.ts'
import { fileOf, type Program } from './program.ts'
import type { Resolver } from './resolver.ts'

/** Something with named members: an instance of a class, the class itself, an object, a module, or a type that is all we know. */
export type Owner =
  | { readonly kind: 'instance' | 'class'; readonly node: ClassNode }
  | { readonly kind: 'object'; readonly node: ObjectLiteralExpression }
  | { readonly kind: 'module'; readonly node: SourceFile }
  | { readonly kind: 'type'; readonly node: Node & { getProperty(name: string): Node | undefined } }

/** Callers of one function whose arguments are looked at. */
const maximumCallers = 4
const maximumDepth = 30

/** `this.pool = new Pool()` in a class. */
interface MemberAssignment {
  readonly member: string
  readonly value: Node
}

const memberValues = new WeakMap<ts.Node, ReadonlyMap<string, readonly MemberAssignment[]>>()
const owners = new Topic<readonly Owner[]>([])
const spreads = new Topic<Node | null>(null)

/** Finds members by following values, for code whose types say nothing: plain JavaScript, containers, contexts, promises. */
export class Members {
  readonly #program: Program
  readonly #resolver: Resolver
  #depth = 0

  constructor(program: Program, resolver: Resolver) {
    this.#program = program
    this.#resolver = resolver
  }

  /** What `receiver.name` stands for, or null; `receiver` may be an expression, a parameter or a variable. */
  member(receiver: Node, name: string): Node | null {
    for (const owner of this.owners(receiver)) {
      const member = this.memberOf(owner, name)
      if (member) return member
    }
    return null
  }

  /** What has the members of a value; several where callers hand over different things. */
  owners(receiver: Node): readonly Owner[] {
    return this.#resolver.remember(owners, receiver, () => {
      if (this.#depth > maximumDepth) return []
      this.#depth++
      try {
        const found = new Map<Node, Owner>()
        for (const value of this.#alternatives(receiver))
          for (const owner of this.#ownersOf(this.#resolver.instance(value))) found.set(owner.node, owner)
        return [...found.values()]
      } finally {
        this.#depth--
      }
    })
  }

  /** All that an expression may give: what each `return` of a function gives, each value that a variable is given. */
  #alternatives(receiver: Node): Node[] {
    const [declared] = Node.isIdentifier(receiver) ? (symbolOf(receiver)?.getDeclarations() ?? []) : []
    if (Node.isVariableDeclaration(declared)) {
      const first = declared.getInitializer()
      const values = [...(first && isPresent(first) ? [first] : []), ...assignedValues(declared)]
      if (values.length > 1) return values
    }
    const node = this.#resolver.definition(receiver)
    if (!Node.isCallExpression(node)) return [receiver]
    const returned = this.#resolver.callees(node).flatMap(returnedExpressions).filter(isPresent)
    return returned.length > 1 ? returned : [receiver]
  }

  /** One member of an owner, own or inherited. */
  memberOf(owner: Owner, name: string): Node | null {
    if (owner.kind === 'module') return this.#exported(owner.node, name)
    if (owner.kind === 'object') return this.#propertyOf(owner.node, name)
    if (owner.kind === 'type') return owner.node.getProperty(name) ?? null
    const own =
      owner.kind === 'instance' ? owner.node.getInstanceMember(name) : owner.node.getStaticMember(name)
    if (own) return own
    const [assigned] = assignedMembers(owner.node, name)
    if (assigned) return assigned
    const base = baseOf(owner.node, this.#resolver)
    return base && base !== owner.node ? this.memberOf({ kind: owner.kind, node: base }, name) : null
  }

  /** What the callers of a function or constructor give for a parameter. */
  argumentsFor(parameter: Node): Node[] {
    const fn = parameter.getParent()
    const index = indexOf(parameter, fn)
    return this.#callsOf(fn)
      .filter((call) => !isSupportFile(fileOf(call)))
      .flatMap((call) => call.getArguments()[index] ?? [])
      .slice(0, maximumCallers)
  }

  /** What the class of a property assigns to it: `this.users = users`, `Users.instance = new Users()`. */
  assignmentsTo(property: Node): readonly Node[] {
    const owner = property.getParent()
    return isClass(owner) && Node.isPropertyDeclaration(property)
      ? assignedMembers(owner, property.getName())
      : []
  }

  #callsOf(fn: Node | undefined): readonly (CallExpression | NewExpression)[] {
    if (isFunction(fn)) return this.#resolver.callersOf(fn)
    const owner = fn?.getParent()
    if (!Node.isConstructorDeclaration(fn) || !isClass(owner)) return []
    const constructions = constructionsNamed(owner.getName() ?? '', this.#program).filter(
      (construction) => this.#resolver.definition(construction.getExpression()) === owner,
    )
    return [...constructions, ...this.#resolver.classesBelow(owner).flatMap(superCallsIn)]
  }

  #ownersOf(node: Node): readonly Owner[] {
    if (isClass(node)) return [{ kind: 'class', node }]
    if (Node.isObjectLiteralExpression(node)) return [{ kind: 'object', node }]
    if (Node.isSourceFile(node)) return [{ kind: 'module', node }]
    if (Node.isThisExpression(node)) return ownersOfThis(node)
    if (Node.isNewExpression(node)) return instancesOf(this.#resolver.instance(node.getExpression()))
    if (Node.isConditionalExpression(node))
      return [node.getWhenTrue(), node.getWhenFalse()].flatMap((value) => [...this.owners(value)])
    if (Node.isCallExpression(node)) {
      const provided = providedBy(node, this.#program, this.#resolver)
      if (provided) return this.#ownersOfProvided(provided)
      const file = this.#resolver.module(node)
      if (file) return [{ kind: 'module', node: file }]
      const [first] = node.getArguments()
      const isKept = node.getExpression().getText() === 'Object.freeze' || isExtension(node)
      return first && isKept ? this.owners(first) : []
    }
    if (isProcedureContext(node, this.#resolver))
      return procedureContexts(this.#program, this.#resolver).flatMap((value) => [
        ...(Node.isTypeNode(value) ? this.#ownersOfType(value) : this.owners(value)),
      ])
    if (Node.isParameterDeclaration(node) || Node.isPropertyDeclaration(node)) return this.#ownersOfSlot(node)
    if (Node.isVariableDeclaration(node) || Node.isPropertySignature(node))
      return this.#ownersOfType(node.getTypeNode())
    if (Node.isBindingElement(node) || Node.isPropertyAccessExpression(node)) {
      const registered = registeredAs(node, this.#program, this.#resolver)
      return registered ? this.#ownersOfProvided(registered) : []
    }
    return []
  }

  /** A parameter or property that is filled from elsewhere: by a container, by its type, by callers, by an assignment. */
  #ownersOfSlot(node: Node & { getTypeNode(): TypeNode | undefined }): readonly Owner[] {
    const injected = injectedValue(node, this.#program, this.#resolver)
    if (injected) return this.#ownersOfProvided(injected)
    const type = node.getTypeNode()
    if (isPlainType(type) || this.#isOfPackage(type)) return []
    const typed = this.#ownersOfType(type)
    if (typed.some(({ kind }) => kind !== 'type')) return typed
    const values = Node.isPropertyDeclaration(node) ? this.assignmentsTo(node) : this.argumentsFor(node)
    const given = values.flatMap((value) => [...this.owners(value)])
    return given.length > 0 ? given : typed
  }

  /** Whether a type comes from a package, so that nothing of this project is asked for what has it. */
  #isOfPackage(type: Node | undefined): boolean {
    if (!Node.isTypeReference(type)) return false
    const name = type.getTypeName()
    const declared = this.#resolver.definition(Node.isQualifiedName(name) ? name.getLeft() : name)
    return (
      Node.isImportSpecifier(declared) || Node.isImportClause(declared) || Node.isNamespaceImport(declared)
    )
  }

  /** A provider is a class to be made an instance of, or a value. */
  #ownersOfProvided(provided: Node): readonly Owner[] {
    const node = this.#resolver.definition(provided)
    if (isClass(node)) return instancesOf(node)
    if (isFunction(node)) return returnedExpressions(node).flatMap((value) => [...this.owners(value)])
    return this.owners(provided)
  }

  #ownersOfType(type: Node | undefined): readonly Owner[] {
    if (!type) return []
    const query = Node.isTypeQuery(type)
      ? type
      : type.forEachDescendantAsArray().find((node) => Node.isTypeQuery(node))
    if (query) {
      const fns = this.#resolver.functions(query.getExprName())
      const values = fns.length > 0 ? fns.flatMap(returnedExpressions) : [query.getExprName()]
      return values.flatMap((value) => [...this.owners(value)])
    }
    if (Node.isTypeLiteral(type)) return [{ kind: 'type', node: type }]
    if (!Node.isTypeReference(type)) return []
    const declaration = this.#resolver.definition(type.getTypeName())
    if (Node.isTypeAliasDeclaration(declaration)) return this.#ownersOfType(declaration.getTypeNode())
    if (Node.isInterfaceDeclaration(declaration)) return [{ kind: 'type', node: declaration }]
    return instancesOf(declaration)
  }

  #propertyOf(object: ObjectLiteralExpression, name: string): Node | null {
    const property = object.getProperty(name)
    if (Node.isPropertyAssignment(property)) return property.getInitializer() ?? null
    if (Node.isShorthandPropertyAssignment(property)) return property.getNameNode()
    if (property) return property
    return this.#spread(object, name)
  }

  /** A property that comes out of `{ ...other }`; an object may be spread into itself. */
  #spread(object: ObjectLiteralExpression, name: string): Node | null {
    const spread = object.getProperties().filter((property) => Node.isSpreadAssignment(property))
    if (spread.length === 0) return null
    return this.#resolver.remember(spreads, [object, name], () => {
      const members = spread.toReversed().map((property) => this.member(property.getExpression(), name))
      return members.find((member) => member !== null) ?? null
    })
  }

  #exported(file: SourceFile, name: string): Node | null {
    const symbol = file.getSymbol()
    const exported = symbol?.getExport(name)
    if (exported) return this.#resolver.declaredValue(exported)
    const whole = symbol?.getExport('export=')
    const value = whole ? this.#resolver.declaredValue(whole) : null
    if (!value) return null
    return name === 'default' ? value : this.member(value, name)
  }
}

/** `repository.extend({ … })` gives what has the methods of the object, and others of a package. */
function isExtension(call: CallExpression): boolean {
  const callee = call.getExpression()
  const isExtend = Node.isPropertyAccessExpression(callee) && /^\$?extends?$/.test(callee.getName())
  return isExtend && Node.isObjectLiteralExpression(call.getArguments()[0])
}

function indexOf(parameter: Node, fn: Node | undefined): number {
  if (!isFunction(fn) && !Node.isConstructorDeclaration(fn)) return -1
  return fn.getParameters().findIndex((candidate) => candidate === parameter)
}

function instancesOf(node: Node): Owner[] {
  return isClass(node) ? [{ kind: 'instance', node }] : []
}

/** What a class assigns to a member by name, whether declared or, as plain JavaScript may, not. */
export function assignedMembers(owner: ClassNode, name: string): readonly Node[] {
  let values = memberValues.get(owner.compilerNode)
  if (!values) {
    values = Map.groupBy(memberAssignmentsIn(owner), ({ member }) => member)
    memberValues.set(owner.compilerNode, values)
  }
  return values.get(name)?.map(({ value }) => value) ?? []
}

function memberAssignmentsIn(owner: ClassNode): MemberAssignment[] {
  return owner.forEachDescendantAsArray().flatMap((node) => {
    if (!Node.isBinaryExpression(node) || node.getOperatorToken().getText() !== '=') return []
    const target = node.getLeft()
    if (!Node.isPropertyAccessExpression(target)) return []
    const receiver = target.getExpression()
    const isOwn = Node.isThisExpression(receiver) || receiver.getText() === owner.getName()
    return isOwn ? [{ member: target.getName(), value: node.getRight() }] : []
  })
}

function superCallsIn(owner: ClassNode): CallExpression[] {
  return owner.getConstructors().flatMap((constructor) =>
    constructor.getStatements().flatMap((statement) => {
      const call = Node.isExpressionStatement(statement) ? statement.getExpression() : undefined
      return Node.isCallExpression(call) && Node.isSuperExpression(call.getExpression()) ? [call] : []
    }),
  )
}

/** `this` is the class's instance, the class in static members, or the object that a method is written in. */
function ownersOfThis(node: Node): Owner[] {
  for (let child = node, parent = node.getParent(); parent; child = parent, parent = parent.getParent()) {
    if (isClass(parent)) {
      const isStatic =
        (Node.isMethodDeclaration(child) || Node.isPropertyDeclaration(child)) && child.isStatic()
      return [{ kind: isStatic ? 'class' : 'instance', node: parent }]
    }
    if (Node.isObjectLiteralExpression(parent) && Node.isMethodDeclaration(child))
      return [{ kind: 'object', node: parent }]
    if (Node.isFunctionDeclaration(parent)) return []
  }
  return []
}
