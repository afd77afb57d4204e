import { Node } from 'ts-morph'
import { isFunction, type FunctionNode } from '../../functions.ts'
import { noBindings, type Bindings, type Value, type Values } from './values.ts'

/** Functions that build paths are short. */
const maximumStatements = 20

/** Reads the text of a path as far as it is known: what is computed at run time is written as a parameter. */
export class PathText {
  readonly #values: Values
  #depth = 0

  constructor(values: Values) {
    this.#values = values
  }

  /** The path an expression gives: `/users/:id`; an unknown part becomes a parameter named after it. */
  read(value: Value): string {
    return this.known(value) ?? this.#parameter(value)
  }

  /** The paths an expression gives, which may be a list. */
  readAll(value: Value): string[] {
    return (this.#values.elements(value) ?? [value]).map((element) => this.read(element))
  }

  /** The text of an expression, or null where it is not text that can be read from the code. */
  known(value: Value): string | null {
    if (this.#depth > 8) return null
    this.#depth++
    try {
      return this.#textOf(this.#values.follow(value))
    } finally {
      this.#depth--
    }
  }

  #textOf({ node, bindings }: Value): string | null {
    if (Node.isStringLiteral(node) || Node.isNoSubstitutionTemplateLiteral(node))
      return node.getLiteralValue()
    if (Node.isNumericLiteral(node)) return node.getText()
    if (Node.isRegularExpressionLiteral(node)) return node.getText()
    if (Node.isEnumMember(node)) return String(node.getValue() ?? '')
    if (Node.isTemplateExpression(node)) {
      const spans = node.getTemplateSpans().map((span) => {
        return this.read({ node: span.getExpression(), bindings }) + span.getLiteral().getLiteralText()
      })
      return node.getHead().getLiteralText() + spans.join('')
    }
    if (Node.isBinaryExpression(node) && node.getOperatorToken().getText() === '+')
      return this.read({ node: node.getLeft(), bindings }) + this.read({ node: node.getRight(), bindings })
    if (Node.isConditionalExpression(node)) return this.#chosen(node, bindings)
    return Node.isCallExpression(node) ? this.#called({ node, bindings }) : null
  }

  #chosen(node: Node, bindings: Bindings): string | null {
    if (!Node.isConditionalExpression(node)) return null
    const holds = truth(this.#values.follow({ node: node.getCondition(), bindings }).node)
    if (holds === null) return null
    return this.known({ node: holds ? node.getWhenTrue() : node.getWhenFalse(), bindings })
  }

  /** What a function of this project builds, or `path.join('a', 'b')` and `['a', 'b'].join('/')`. */
  #called({ node, bindings }: Value): string | null {
    if (!Node.isCallExpression(node)) return null
    const [fn] = this.#values.resolver.callees(node)
    if (fn) return this.#built(fn, this.#values.entered(fn, node, bindings))
    const callee = node.getExpression()
    if (!Node.isPropertyAccessExpression(callee)) return null
    if (callee.getName() === 'join') {
      const list = this.#values.elements({ node: callee.getExpression(), bindings })
      const separator = node.getArguments()[0]
      if (list)
        return list
          .map((element) => this.read(element))
          .join(separator ? this.read({ node: separator, bindings }) : ',')
      const origin = this.#values.resolver.origin(callee) ?? ''
      if (/^"(?:node:)?path"(?:\.posix)?\.join$/.test(origin))
        return node
          .getArguments()
          .map((argument) => this.read({ node: argument, bindings }))
          .join('/')
    }
    return /^to(?:String|LowerCase)$|^trim$/.test(callee.getName())
      ? this.known({ node: callee.getExpression(), bindings })
      : null
  }

  #built(fn: FunctionNode, bindings: Bindings): string | null {
    const body = fn.getBody()
    if (!body) return null
    if (!Node.isBlock(body)) return this.known({ node: body, bindings })
    return new Run(this, this.#values, defaulted(fn, bindings)).run(body.getStatements())
  }

  #parameter({ node }: Value): string {
    if (isFunction(node)) return ''
    const name = /([A-Za-z_]\w*)\W*$/.exec(node.getText())?.[1] ?? 'value'
    return `:${name}`
  }
}

/** A short function's statements, run one after another over texts. */
class Run {
  readonly #text: PathText
  readonly #values: Values
  readonly #bindings: Map<Node, Value>
  readonly #locals = new Map<Node, string>()

  constructor(text: PathText, values: Values, bindings: Map<Node, Value>) {
    this.#text = text
    this.#values = values
    this.#bindings = bindings
  }

  /** What the statements return, or null where they do more than build a text. */
  run(statements: readonly Node[]): string | null {
    if (statements.length > maximumStatements) return null
    for (const statement of statements) {
      if (Node.isReturnStatement(statement)) {
        const returned = statement.getExpression()
        return returned ? this.#read(returned) : null
      }
      if (Node.isIfStatement(statement)) {
        const holds = this.#holds(statement.getExpression())
        const branch = holds ? statement.getThenStatement() : statement.getElseStatement()
        if (holds === null) return null
        const taken = Node.isBlock(branch) ? branch.getStatements() : branch ? [branch] : []
        const returned = this.run(taken)
        if (returned !== null) return returned
        continue
      }
      if (Node.isExpressionStatement(statement)) this.#change(statement.getExpression())
      if (!Node.isVariableStatement(statement)) continue
      for (const declaration of statement.getDeclarations()) {
        const initializer = declaration.getInitializer()
        const text = initializer ? this.#read(initializer) : ''
        if (text !== null) this.#locals.set(declaration, text)
      }
    }
    return null
  }

  #change(expression: Node): void {
    if (Node.isParenthesizedExpression(expression)) return this.#change(expression.getExpression())
    if (Node.isConditionalExpression(expression)) {
      const holds = this.#holds(expression.getCondition())
      if (holds !== null) this.#change(holds ? expression.getWhenTrue() : expression.getWhenFalse())
    }
    if (!Node.isBinaryExpression(expression)) return
    const declaration = expression.getLeft().getSymbol()?.getDeclarations()[0]
    const operator = expression.getOperatorToken().getText()
    const added = this.#read(expression.getRight())
    if (!declaration || added === null) return
    if (operator === '=') this.#locals.set(declaration, added)
    if (operator === '+=') this.#locals.set(declaration, (this.#locals.get(declaration) ?? '') + added)
  }

  #holds(condition: Node): boolean | null {
    if (Node.isPrefixUnaryExpression(condition) && condition.getText().startsWith('!')) {
      const inner = this.#holds(condition.getOperand())
      return inner === null ? null : !inner
    }
    return truth(this.#values.follow({ node: condition, bindings: this.#bindings }).node)
  }

  #read(expression: Node): string | null {
    if (Node.isIdentifier(expression)) {
      const declaration = expression.getSymbol()?.getDeclarations()[0]
      const local = declaration ? this.#locals.get(declaration) : undefined
      if (local !== undefined) return local
    }
    if (Node.isBinaryExpression(expression) && expression.getOperatorToken().getText() === '+') {
      const [left, right] = [this.#read(expression.getLeft()), this.#read(expression.getRight())]
      return left === null || right === null ? null : left + right
    }
    if (Node.isTemplateExpression(expression)) {
      const spans = expression.getTemplateSpans().map((span) => {
        return (this.#read(span.getExpression()) ?? ':value') + span.getLiteral().getLiteralText()
      })
      return expression.getHead().getLiteralText() + spans.join('')
    }
    return this.#text.known({ node: expression, bindings: this.#bindings })
  }
}

/** The bindings of a function's parameters, with the defaults of those that were not given. */
function defaulted(fn: FunctionNode, bindings: Bindings): Map<Node, Value> {
  const all = new Map(bindings)
  for (const parameter of fn.getParameters()) {
    const initializer = parameter.getInitializer()
    if (initializer && !all.has(parameter)) all.set(parameter, { node: initializer, bindings: noBindings })
  }
  return all
}

/** Whether a literal counts as true; null for what is not a literal. */
function truth(node: Node): boolean | null {
  if (Node.isTrueLiteral(node)) return true
  if (Node.isFalseLiteral(node) || node.getText() === 'undefined' || node.getText() === 'null') return false
  return Node.isStringLiteral(node) ? node.getLiteralValue() !== '' : null
}
