import { Node, type CallExpression, type SourceFile, type Symbol, type VariableDeclaration } from 'ts-morph'
import { Callers } from './callers.ts'
import { baseOf, implementationsOf } from './classes.ts'
import {
  assignedValues,
  hasBody,
  isPresent,
  isWholeModule,
  isWrittenInArgument,
  requiredModule,
  returnedBy,
} from './declarations.ts'
import { decoratedValue } from './frameworks/reading/decorations.ts'
import {
  calleeOf,
  isClass,
  isFunction,
  isTransparent,
  nameOf,
  returnedExpressions,
  symbolOf,
} from './functions.ts'
import type { ClassNode, FunctionNode, Invocation } from './functions.ts'
import { Importers } from './importers.ts'
import { Members } from './members.ts'
import { Topic, type Key } from './memo.ts'
import { Origins } from './origins.ts'
import type { Program } from './program.ts'

const definitions = new Topic<Node | null>(null)
const instances = new Topic<Node | null>(null)
const origins = new Topic<string | null>(null)
const functionsBehind = new Topic<readonly FunctionNode[]>([])
const callers = new Topic<readonly CallExpression[]>([])
const callersOfName = new Topic<Callers | null>(null)

/**
 * Answers what an expression stands for, by following imports, variables, properties and types: a function of this
 * project, or something a package made. Nothing is ever decided by a name alone.
 * Answers are kept by the program's memo for as long as they hold.
 */
export class Resolver {
  readonly #program: Program
  readonly #importers: Importers
  readonly #members: Members
  readonly #originOf: Origins

  constructor(program: Program) {
    this.#program = program
    this.#importers = new Importers(program)
    this.#members = new Members(program, this)
    this.#originOf = new Origins(program, this, this.#members)
  }

  /** The program that it answers about. */
  get program(): Program {
    return this.#program
  }

  /** The node that gives an expression its value: a literal, call, `new`, function, class, parameter or package import. */
  definition(expression: Node): Node {
    if (!leadsOn(expression)) return expression
    return this.remember(definitions, expression, () => this.#define(expression)) ?? expression
  }

  /** An answer about the program, found once and kept for as long as what was looked at for it stays the same. */
  remember<Answer>(topic: Topic<Answer>, key: Key | readonly Key[], compute: () => Answer): Answer {
    return this.#program.memo.recall(topic, key, compute)
  }

  #define(expression: Node): Node {
    const seen = new Set<Node>()
    let node = expression
    for (let next: Node | null = node; next && !seen.has(next); next = this.#step(node)) {
      node = next
      seen.add(node)
    }
    return node
  }

  /** Like {@link definition}, and into functions of this project to what they return, and into what has members. */
  instance(expression: Node): Node {
    const node = this.definition(expression)
    const instance = this.remember(instances, node, () => {
      const next = this.#beyond(node)
      return next ? this.instance(next) : node
    })
    return instance ?? node
  }

  /** Where a value comes from that no declaration names: what a function returns, or the member of what a value holds. */
  #beyond(node: Node): Node | null {
    const decorated = decoratedValue(node, this.#program, this)
    if (decorated) return decorated
    if (Node.isCallExpression(node))
      return this.callees(node).flatMap(returnedExpressions).find(isPresent) ?? null
    if (Node.isPropertyAccessExpression(node))
      return this.#members.member(node.getExpression(), node.getName())
    if (!Node.isBindingElement(node) || !Node.isObjectBindingPattern(node.getParent())) return null
    const source = node.getParent().getParent()
    const from = Node.isVariableDeclaration(source) ? source.getInitializer() : source
    const name = (node.getPropertyNameNode() ?? node.getNameNode()).getText()
    return from ? this.#members.member(from, name) : null
  }

  /**
   * How a value came out of a package, or null when it didn't. Reads like the code that made it:
   * `"express".Router()`, `new "@prisma/client".PrismaClient.user`, `<"knex".Knex>` (declared with that type),
   * `"knex"().transaction(@0)` (first parameter of a callback given to that call). Default and namespace imports are the module.
   */
  origin(expression: Node): string | null {
    const origin = this.#originFrom(this.instance(expression))
    if (origin !== null) return origin
    const declared = this.definition(expression)
    return Node.isBindingElement(declared) ? this.#originFrom(declared) : null
  }

  #originFrom(node: Node): string | null {
    return this.remember(origins, node, () => this.#originOf.of(node))
  }

  /** The functions of this project that a call runs. */
  callees(call: Invocation): readonly FunctionNode[] {
    return this.functions(calleeOf(call))
  }

  /** The functions of this project that an expression may stand for; several when it is a method of an interface. */
  functions(expression: Node): readonly FunctionNode[] {
    return this.remember(functionsBehind, expression, () => this.#functionsOf(expression))
  }

  /** All calls of a function in the program, wherever they stand. */
  callersOf(fn: FunctionNode): readonly CallExpression[] {
    return this.remember(callers, fn, () => {
      const runsIt = (call: CallExpression): boolean => this.callees(call).includes(fn)
      if (isWholeModule(fn)) return this.#importers.callsInto(fn.getSourceFile()).filter(runsIt)
      const name = nameOf(fn) ?? ''
      const all = this.remember(callersOfName, name, () => new Callers(this.#program.callsNamed(name), this))
      return all?.of(fn) ?? this.#program.callsNamed(name).filter(runsIt)
    })
  }

  /** The method with this name that `this.method()` runs in an instance of a class, own or inherited. */
  methodsOf(owner: Node, name: string): readonly FunctionNode[] {
    if (!isClass(owner)) return []
    const method = this.#members.memberOf({ kind: 'instance', node: owner }, name)
    return method ? this.functions(method) : []
  }

  /** The classes that implement or extend another, at any distance. */
  classesBelow(contract: Node): readonly ClassNode[] {
    const symbol = contract.getSymbol()
    return symbol ? implementationsOf(symbol.getDeclarations(), this.#program) : []
  }

  /** Whether a class is, or has somewhere above it, another. */
  inherits(owner: Node | null, base: Node): boolean {
    for (let next = owner ?? undefined; isClass(next); next = baseOf(next, this) ?? undefined)
      if (next === base) return true
    return false
  }

  /** The class that an expression is an instance of, or null. */
  classOf(expression: Node): Node | null {
    const [owner, ...others] = this.#members.owners(expression)
    return owner?.kind === 'instance' && others.length === 0 ? owner.node : null
  }

  /** The file of this project that `require('./file')` or `import('./file')` gives. */
  module(call: CallExpression): SourceFile | null {
    const specifier = requiredModule(call)
    if (specifier === null) return null
    return this.#program.resolve(specifier, call.getSourceFile()) ?? null
  }

  #step(node: Node): Node | null {
    if (isTransparent(node)) return node.getExpression()
    if (Node.isIdentifier(node)) return this.declaredValue(symbolOf(node))
    if (Node.isPropertyAccessExpression(node)) return this.declaredValue(node.getNameNode().getSymbol())
    if (Node.isGetAccessorDeclaration(node)) return returnedBy(node)
    if (Node.isBinaryExpression(node)) {
      const operator = node.getOperatorToken().getText()
      if (operator === '=') return node.getRight()
      if (operator === '??' || operator === '||' || operator === '??=')
        return this.#isOwnMember(node.getLeft(), node.getRight()) ? node.getLeft() : node.getRight()
    }
    if (Node.isCallExpression(node)) return this.#required(node)
    return null
  }

  /** `database.pool` of `database.pool || database`, where there is such a member. */
  #isOwnMember(member: Node, whole: Node): boolean {
    if (!Node.isPropertyAccessExpression(member) || member.getExpression().getText() !== whole.getText())
      return false
    return this.#members.member(whole, member.getName()) !== null
  }

  /** The value that a symbol's declaration gives it, or the declaration itself where the value comes from elsewhere. */
  declaredValue(symbol: Symbol | undefined): Node | null {
    if (!symbol) return null
    const target = symbol.isAlias() ? symbol.getAliasedSymbol() : symbol
    const declarations = target?.getDeclarations() ?? []
    const declaration = declarations.find(isReadable) ?? declarations[0] ?? symbol.getDeclarations()[0]
    if (!declaration) return null
    if (Node.isVariableDeclaration(declaration)) return valueOfVariable(declaration)
    if (Node.isPropertyAssignment(declaration) || Node.isPropertyDeclaration(declaration)) {
      return declaration.getInitializer() ?? declaration
    }
    if (Node.isShorthandPropertyAssignment(declaration))
      return this.declaredValue(declaration.getValueSymbol())
    if (Node.isExportAssignment(declaration)) return declaration.getExpression()
    if (Node.isPropertyAccessExpression(declaration) || Node.isBinaryExpression(declaration)) {
      const assignment = Node.isBinaryExpression(declaration) ? declaration : declaration.getParent()
      return Node.isBinaryExpression(assignment) ? assignment.getRight() : declaration
    }
    return declaration
  }

  /** What `require('./file')` gives, where the file is one of ours and exports one value. */
  #required(call: CallExpression): Node | null {
    const file = this.module(call)
    if (!file) return null
    return this.declaredValue(file.getSymbol()?.getExport('export='))
  }

  #functionsOf(expression: Node): readonly FunctionNode[] {
    const node = this.definition(expression)
    if (isFunction(node) && node.getBody() !== undefined) return [node]
    if (isFunction(node) || Node.isMethodSignature(node) || Node.isPropertySignature(node))
      return this.#implemented(expression, node)
    if (Node.isConditionalExpression(node))
      return [node.getWhenTrue(), node.getWhenFalse()].flatMap((value) => [...this.functions(value)])
    if (Node.isPropertyAccessExpression(node)) {
      const decorated = decoratedValue(node, this.#program, this)
      return decorated ? this.functions(decorated) : this.#membersNamed(node.getExpression(), node.getName())
    }
    if (Node.isBindingElement(node)) {
      const member = this.#beyond(node)
      return member ? this.functions(member).filter((fn) => !isWrittenInArgument(fn)) : []
    }
    return Node.isCallExpression(node) ? this.#functionsMadeBy(node) : []
  }

  #membersNamed(receiver: Node, name: string): readonly FunctionNode[] {
    const members = this.#members
      .owners(receiver)
      .flatMap((owner) => this.#members.memberOf(owner, name) ?? [])
    const functions = members.flatMap((member) => [...this.functions(member)])
    return [...new Set(functions)].filter((fn) => !isWrittenInArgument(fn))
  }

  /** The function a call gives: bound, returned by a function of this project, or wrapped by it or by a package. */
  #functionsMadeBy(call: CallExpression): readonly FunctionNode[] {
    const callee = call.getExpression()
    if (Node.isPropertyAccessExpression(callee) && callee.getName() === 'bind')
      return this.functions(callee.getExpression())
    const made = this.callees(call).flatMap((fn) =>
      returnedExpressions(fn).flatMap((value) => [...this.functions(value)]),
    )
    if (made.length === 0 && this.origin(callee) === null) return []
    // What is waited for gave its function's answer: `await db.transaction(async (tx) => …)`.
    if (Node.isAwaitExpression(call.getParent())) return made
    const wrapped = call.getArguments().flatMap((argument) => [...this.functions(argument)])
    return [...new Set([...made, ...wrapped])]
  }

  /** The methods behind an interface's or abstract class's: of the receiver's own class where it is known, else of all that implement it. */
  #implemented(expression: Node, signature: Node): readonly FunctionNode[] {
    if (!Node.isPropertyAccessExpression(expression)) return []
    const name = expression.getName()
    const receiver = expression.getExpression()
    const known = Node.isThisExpression(receiver) ? [] : this.#membersNamed(receiver, name)
    if (known.length > 0) return known
    const declared = receiver.getType().getSymbol()?.getDeclarations()[0]
    for (const contract of [declared, signature.getParent()]) {
      const classes = contract ? this.classesBelow(contract) : []
      const methods = classes.flatMap((owner) => [...this.methodsOf(owner, name)])
      if (methods.length > 0) return [...new Set(methods)]
    }
    return []
  }
}

/** Whether an expression may get its value from elsewhere. */
function leadsOn(expression: Node): boolean {
  return (
    Node.isIdentifier(expression) ||
    Node.isPropertyAccessExpression(expression) ||
    Node.isCallExpression(expression) ||
    Node.isBinaryExpression(expression) ||
    Node.isGetAccessorDeclaration(expression) ||
    isTransparent(expression)
  )
}

/** Whether a declaration says what a name gives: a function with a body, or a getter rather than its setter. */
function isReadable(declaration: Node): boolean {
  return hasBody(declaration) || Node.isGetAccessorDeclaration(declaration)
}

/** What a variable is declared with, unless that is nothing; else what is assigned to it first. */
function valueOfVariable(declaration: VariableDeclaration): Node {
  const initializer = declaration.getInitializer()
  if (initializer && isPresent(initializer)) return initializer
  return assignedValues(declaration)[0] ?? initializer ?? declaration
}
