import {
  Node,
  ts,
  VariableDeclarationKind,
  type CallExpression,
  type SourceFile,
  type Symbol,
} from 'ts-morph'
import { isClass, isFunction, isTransparent, nameOf, returnedExpressions } from './functions.ts'
import type { ClassNode, FunctionNode } from './functions.ts'
import type { Program } from './program.ts'

/**
 * Answers what an expression stands for, by following imports, variables, properties and types: a function of this
 * project, or something a package made. Nothing is ever decided by a name alone.
 * Holds answers for one state of the program; make a new one after every update.
 */
export class Resolver {
  readonly #program: Program
  readonly #definitions = new Map<Node, Node>()
  readonly #origins = new Map<Node, string | null>()
  readonly #functions = new Map<Node, readonly FunctionNode[]>()
  #classes: readonly ClassNode[] | null = null

  constructor(program: Program) {
    this.#program = program
  }

  /** The node that gives an expression its value: a literal, call, `new`, function, class, parameter or package import. */
  definition(expression: Node): Node {
    const known = this.#definitions.get(expression)
    if (known) return known
    const seen = new Set<Node>()
    let node = expression
    for (let next: Node | null = node; next && !seen.has(next); next = this.#step(node)) {
      node = next
      seen.add(node)
    }
    this.#definitions.set(expression, node)
    return node
  }

  /** Like {@link definition}, and into functions of this project to what they return. */
  instance(expression: Node, depth = 0): Node {
    const node = this.definition(expression)
    if (depth > 4 || !Node.isCallExpression(node)) return node
    const result = this.callees(node).flatMap(returnedExpressions)[0]
    return result ? this.instance(result, depth + 1) : node
  }

  /**
   * How a value came out of a package, or null when it didn't. Reads like the code that made it:
   * `"express".Router()`, `new "@prisma/client".PrismaClient.user`, `<"knex".Knex>` (declared with that type),
   * `"knex"().transaction(@0)` (first parameter of a callback given to that call). Default and namespace imports are the module.
   */
  origin(expression: Node): string | null {
    const node = this.instance(expression)
    const known = this.#origins.get(node)
    if (known !== undefined) return known
    this.#origins.set(node, null)
    const origin = this.#originOf(node)
    this.#origins.set(node, origin)
    return origin
  }

  /** The functions of this project that a call runs. */
  callees(call: CallExpression): readonly FunctionNode[] {
    return this.functions(call.getExpression())
  }

  /** The functions of this project that an expression may stand for; several when it is a method of an interface. */
  functions(expression: Node): readonly FunctionNode[] {
    const known = this.#functions.get(expression)
    if (known) return known
    this.#functions.set(expression, [])
    const functions = this.#functionsOf(expression)
    this.#functions.set(expression, functions)
    return functions
  }

  /** All calls of a function in the program, wherever they stand. */
  callersOf(fn: FunctionNode): readonly CallExpression[] {
    const name = nameOf(fn)
    const candidates =
      name === null || isWholeModule(fn) ? this.#program.allCalls() : this.#program.callsNamed(name)
    return candidates.filter((call) => this.callees(call).includes(fn))
  }

  #step(node: Node): Node | null {
    if (isTransparent(node)) return node.getExpression()
    if (Node.isIdentifier(node)) return this.#declaredValue(node.getSymbol())
    if (Node.isPropertyAccessExpression(node)) return this.#declaredValue(node.getNameNode().getSymbol())
    if (Node.isBinaryExpression(node)) {
      const operator = node.getOperatorToken().getText()
      if (operator === '=') return node.getRight()
      if (operator === '??' || operator === '||' || operator === '??=') return node.getRight()
    }
    if (Node.isCallExpression(node)) return this.#required(node)
    return null
  }

  /** The value that a symbol's declaration gives it, or the declaration itself where the value comes from elsewhere. */
  #declaredValue(symbol: Symbol | undefined): Node | null {
    if (!symbol) return null
    const target = symbol.isAlias() ? symbol.getAliasedSymbol() : symbol
    const declarations = target?.getDeclarations() ?? []
    const declaration = declarations.find(hasBody) ?? declarations[0] ?? symbol.getDeclarations()[0]
    if (!declaration) return null
    if (Node.isVariableDeclaration(declaration))
      return declaration.getInitializer() ?? assignedValue(declaration) ?? declaration
    if (Node.isPropertyAssignment(declaration) || Node.isPropertyDeclaration(declaration)) {
      return declaration.getInitializer() ?? declaration
    }
    if (Node.isShorthandPropertyAssignment(declaration))
      return this.#declaredValue(declaration.getValueSymbol())
    if (Node.isExportAssignment(declaration)) return declaration.getExpression()
    if (Node.isPropertyAccessExpression(declaration) || Node.isBinaryExpression(declaration)) {
      const assignment = Node.isBinaryExpression(declaration) ? declaration : declaration.getParent()
      return Node.isBinaryExpression(assignment) ? assignment.getRight() : declaration
    }
    return declaration
  }

  /** What `require('./file')` gives, where the file is one of ours. */
  #required(call: CallExpression): Node | null {
    const specifier = requiredModule(call)
    const file = specifier === null ? undefined : this.#program.resolve(specifier, call.getSourceFile())
    return this.#declaredValue(file?.getSymbol()?.getExport('export=')) ?? null
  }

  #originOf(node: Node): string | null {
    if (Node.isImportSpecifier(node)) {
      const module = quoted(node.getImportDeclaration().getModuleSpecifierValue())
      return node.getName() === 'default' ? module : `${module}.${node.getName()}`
    }
    if (Node.isImportClause(node) || Node.isNamespaceImport(node)) {
      const declaration = node.getFirstAncestor(Node.isImportDeclaration)
      return declaration ? quoted(declaration.getModuleSpecifierValue()) : null
    }
    if (Node.isPropertyAccessExpression(node))
      return suffixed(this.origin(node.getExpression()), `.${node.getName()}`)
    if (Node.isCallExpression(node)) {
      const module = requiredModule(node)
      return module === null ? suffixed(this.origin(node.getExpression()), '()') : quoted(module)
    }
    if (Node.isNewExpression(node)) return prefixed('new ', this.origin(node.getExpression()))
    if (Node.isBindingElement(node)) {
      const source = node.getParent().getParent()
      const from = Node.isVariableDeclaration(source) ? source.getInitializer() : source
      const name = (node.getPropertyNameNode() ?? node.getNameNode()).getText()
      return suffixed(from ? this.origin(from) : null, `.${name}`)
    }
    if (Node.isParameterDeclaration(node))
      return this.#typeOrigin(node.getTypeNode()) ?? this.#callbackOrigin(node)
    if (
      Node.isVariableDeclaration(node) ||
      Node.isPropertyDeclaration(node) ||
      Node.isPropertySignature(node)
    ) {
      return this.#typeOrigin(node.getTypeNode())
    }
    return null
  }

  #typeOrigin(type: Node | undefined): string | null {
    if (!Node.isTypeReference(type)) return null
    const path = this.#entityOrigin(type.getTypeName())
    return path === null ? null : `<${path}>`
  }

  #entityOrigin(name: Node): string | null {
    if (Node.isQualifiedName(name))
      return suffixed(this.#entityOrigin(name.getLeft()), `.${name.getRight().getText()}`)
    const declaration = this.#declaredValue(name.getSymbol())
    if (declaration && Node.isTypeAliasDeclaration(declaration))
      return this.#typeOrigin(declaration.getTypeNode())?.slice(1, -1) ?? null
    return declaration ? this.#originOf(declaration) : null
  }

  /** A parameter of a function that is handed to a call, or of one whose callers are known. */
  #callbackOrigin(parameter: Node): string | null {
    const fn = parameter.getParent()
    if (!isFunction(fn)) return null
    const index = fn.getParameters().findIndex((candidate) => candidate === parameter)
    const call = fn.getParent()
    if (Node.isCallExpression(call)) return suffixed(this.origin(call.getExpression()), `(@${index})`)
    for (const caller of this.callersOf(fn)) {
      const argument = caller.getArguments()[index]
      const origin = argument ? this.origin(argument) : null
      if (origin !== null) return origin
    }
    return null
  }

  #functionsOf(expression: Node): readonly FunctionNode[] {
    const node = this.definition(expression)
    if (isFunction(node) && !isAbstract(node)) return [node]
    if (
      Node.isMethodSignature(node) ||
      Node.isPropertySignature(node) ||
      (isFunction(node) && isAbstract(node))
    ) {
      return this.#implementations(expression, node)
    }
    if (Node.isCallExpression(node) && Node.isPropertyAccessExpression(node.getExpression())) {
      const callee = node.getExpression()
      if (Node.isPropertyAccessExpression(callee) && callee.getName() === 'bind')
        return this.functions(callee.getExpression())
    }
    return []
  }

  /** The methods behind an interface's or abstract class's: of the receiver's own class where it is known, else of all that implement it. */
  #implementations(expression: Node, signature: Node): readonly FunctionNode[] {
    if (!Node.isPropertyAccessExpression(expression)) return []
    const name = expression.getName()
    const receiver = this.instance(expression.getExpression())
    if (Node.isNewExpression(receiver)) {
      const own = this.definition(receiver.getExpression())
      if (isClass(own)) return methodsNamed(own, name)
    }
    const contract = signature.getParent()?.getSymbol()
    this.#classes ??= this.#program.sourceFiles().flatMap(classesIn)
    return this.#classes
      .filter((candidate) => contractsOf(candidate).some((symbol) => symbol === contract))
      .flatMap((candidate) => methodsNamed(candidate, name))
  }
}

/** Whether a function is all its module exports, so that importers choose its name. */
function isWholeModule(fn: FunctionNode): boolean {
  if (Node.isFunctionDeclaration(fn)) return fn.isDefaultExport()
  const parent = fn.getParent()
  if (Node.isExportAssignment(parent)) return true
  return Node.isBinaryExpression(parent) && parent.getLeft().getText() === 'module.exports'
}

function classesIn(file: SourceFile): ClassNode[] {
  return [
    ...file.getDescendantsOfKind(ts.SyntaxKind.ClassDeclaration),
    ...file.getDescendantsOfKind(ts.SyntaxKind.ClassExpression),
  ]
}

function hasBody(node: Node): boolean {
  return isFunction(node) && node.getBody() !== undefined
}

function isAbstract(fn: FunctionNode): boolean {
  return fn.getBody() === undefined
}

function methodsNamed(owner: ClassNode, name: string): FunctionNode[] {
  const member = owner.getInstanceMember(name)
  if (Node.isMethodDeclaration(member)) return [member]
  const value = Node.isPropertyDeclaration(member) ? member.getInitializer() : undefined
  if (isFunction(value)) return [value]
  const base = owner.getBaseClass()
  return base ? methodsNamed(base, name) : []
}

function contractsOf(owner: ClassNode): (Symbol | undefined)[] {
  const extended = owner.getExtends()
  return [...owner.getImplements(), ...(extended ? [extended] : [])].map((clause) => {
    const symbol = clause.getExpression().getSymbol()
    return symbol?.isAlias() ? symbol.getAliasedSymbol() : symbol
  })
}

/** The only value that is assigned to a variable after its declaration. */
function assignedValue(declaration: Node): Node | null {
  if (!Node.isVariableDeclaration(declaration)) return null
  const list = declaration.getVariableStatement()
  if (!list || list.getDeclarationKind() === VariableDeclarationKind.Const) return null
  const symbol = declaration.getSymbol()
  const name = declaration.getName()
  const found = declaration
    .getSourceFile()
    .getDescendantsOfKind(ts.SyntaxKind.BinaryExpression)
    .find((node) => {
      const left = node.getLeft()
      if (node.getOperatorToken().getText() !== '=' || left.getText() !== name) return false
      return left.getSymbol() === symbol
    })
  return found?.getRight() ?? null
}

function requiredModule(call: CallExpression): string | null {
  const callee = call.getExpression().getText()
  if (callee !== 'require' && callee !== 'import') return null
  const specifier = call.getArguments()[0]
  return Node.isStringLiteral(specifier) ? specifier.getLiteralValue() : null
}

function quoted(module: string): string {
  return `"${module}"`
}

function suffixed(origin: string | null, suffix: string): string | null {
  return origin === null ? null : origin + suffix
}

function prefixed(prefix: string, origin: string | null): string | null {
  return origin === null ? null : prefix + origin
}
