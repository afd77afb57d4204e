import { Node, type ArrayLiteralExpression, type CallExpression } from 'ts-morph'
import { calleeName, isFunction, isTransparent, symbolOf, type FunctionNode } from './functions.ts'
import type { Resolver } from './resolver.ts'

/** Methods of an array whose result still has as many items as the data decides. */
const keepingRows = new Set([
  'map',
  'filter',
  'flatMap',
  'flat',
  'sort',
  'toSorted',
  'reverse',
  'toReversed',
  'slice',
  'concat',
  'entries',
  'values',
  'with',
])
const adding = new Set(['push', 'unshift', 'concat', 'add', 'set'])

/** The function a call runs in, and the calls that led there. */
export interface FlowContext {
  readonly resolver: Resolver
  /** The calls from the handler to the function in which the value is made, outermost first. */
  readonly callers: readonly CallExpression[]
  /** Whether a call sends its arguments to the client. */
  readonly sends: (call: CallExpression) => boolean
  readonly sendsReturnValue: boolean
}

/** Whether the rows that an expression gives end up in the response, followed forward through variables, calls and returns. */
export function reachesResponse(value: Node, context: FlowContext): boolean {
  return new Flow(context).climb(value, context.callers)
}

class Flow {
  readonly #context: FlowContext
  readonly #seen = new Set<Node>()

  constructor(context: FlowContext) {
    this.#context = context
  }

  /** Whether what a node gives reaches the response by way of the node around it. */
  climb(node: Node, callers: readonly CallExpression[]): boolean {
    if (this.#seen.has(node)) return false
    this.#seen.add(node)
    const parent = node.getParent()
    if (!parent) return false
    if (Node.isArrayLiteralExpression(parent)) return this.#throughList(node, parent, callers)
    if (isTransparent(parent) || isContainer(parent)) return this.climb(parent, callers)
    if (Node.isConditionalExpression(parent))
      return parent.getCondition() !== node && this.climb(parent, callers)
    if (Node.isBinaryExpression(parent)) return this.#throughOperator(node, parent, callers)
    if (Node.isPropertyAccessExpression(parent)) return this.#throughProperty(parent, callers)
    if (Node.isVariableDeclaration(parent)) return this.#throughName(parent.getNameNode(), callers)
    if (Node.isReturnStatement(parent)) return this.#returned(parent, callers)
    if (Node.isArrowFunction(parent) && parent.getBody() === node) return this.#leaving(parent, callers)
    if (Node.isForOfStatement(parent) && parent.getExpression() === node) {
      const item = parent.getInitializer()
      return (
        Node.isVariableDeclarationList(item) &&
        item.getDeclarations().some((declaration) => this.#throughName(declaration.getNameNode(), callers))
      )
    }
    return (
      Node.isCallExpression(parent) &&
      parent.getExpression() !== node &&
      this.#asArgument(node, parent, callers)
    )
  }

  /** `const [users, count] = await Promise.all([…])` takes the list apart again. */
  #throughList(node: Node, list: ArrayLiteralExpression, callers: readonly CallExpression[]): boolean {
    const all = list.getParent()
    if (!Node.isCallExpression(all) || !all.getExpression().getText().startsWith('Promise.all'))
      return this.climb(list, callers)
    let result = all.getParent()
    while (isTransparent(result)) result = result.getParent()
    const pattern = Node.isVariableDeclaration(result) ? result.getNameNode() : undefined
    if (!Node.isArrayBindingPattern(pattern)) return this.climb(all, callers)
    const element = pattern.getElements()[list.getElements().findIndex((candidate) => candidate === node)]
    return Node.isBindingElement(element) && this.#throughName(element.getNameNode(), callers)
  }

  #throughOperator(node: Node, parent: Node, callers: readonly CallExpression[]): boolean {
    if (!Node.isBinaryExpression(parent)) return false
    const operator = parent.getOperatorToken().getText()
    if (['??', '||', '&&'].includes(operator)) return this.climb(parent, callers)
    if (operator !== '=' || parent.getRight() !== node) return false
    const target = parent.getLeft()
    const owner = Node.isPropertyAccessExpression(target) ? target.getExpression() : target
    return this.#throughName(owner, callers)
  }

  #throughProperty(access: Node, callers: readonly CallExpression[]): boolean {
    if (!Node.isPropertyAccessExpression(access)) return false
    const call = access.getParent()
    const name = access.getName()
    if (!Node.isCallExpression(call) || call.getExpression() !== access)
      return name !== 'length' && this.climb(access, callers)
    if (keepingRows.has(name)) return this.climb(call, callers)
    const callback = call.getArguments()[0]
    if (name !== 'then' && name !== 'forEach')
      return ['catch', 'finally'].includes(name) && this.climb(call, callers)
    const parameter = isFunction(callback) ? callback.getParameters()[0] : undefined
    return parameter !== undefined && this.#throughName(parameter.getNameNode(), callers)
  }

  /** Every use of a variable, or of the names that a pattern takes out of the value. */
  #throughName(name: Node, callers: readonly CallExpression[]): boolean {
    if (Node.isObjectBindingPattern(name)) {
      return name.getElements().some((element) => this.#throughName(element.getNameNode(), callers))
    }
    if (!Node.isIdentifier(name)) return false
    const symbol = name.getSymbol()
    const scope = name.getFirstAncestor(isFunction) ?? name.getSourceFile()
    return scope
      .forEachDescendantAsArray()
      .filter(Node.isIdentifier)
      .some((use) => {
        if (use === name || use.getText() !== name.getText()) return false
        return symbolOf(use) === symbol && this.climb(use, callers)
      })
  }

  #returned(statement: Node, callers: readonly CallExpression[]): boolean {
    const fn = statement.getFirstAncestor(isFunction)
    return fn !== undefined && this.#leaving(fn, callers)
  }

  /** What a function gives back goes to the call it is a callback of, to its caller, or to the framework. */
  #leaving(fn: FunctionNode, callers: readonly CallExpression[]): boolean {
    const call = fn.getParent()
    if (Node.isCallExpression(call)) {
      const name = calleeName(call) ?? ''
      if (keepingRows.has(name) || ['then', 'transaction'].includes(name)) return this.climb(call, callers)
    }
    const caller = callers.at(-1)
    if (!caller) return this.#context.sendsReturnValue
    return this.climb(caller, callers.slice(0, -1))
  }

  #asArgument(node: Node, call: CallExpression, callers: readonly CallExpression[]): boolean {
    if (this.#context.sends(call)) return true
    const name = calleeName(call) ?? ''
    const callee = call.getExpression()
    if (adding.has(name) && Node.isPropertyAccessExpression(callee))
      return this.#throughName(callee.getExpression(), callers)
    const fns = this.#context.resolver.callees(call)
    const index = call.getArguments().findIndex((argument) => argument === node)
    const inside = fns.some((fn) => {
      const parameter = fn.getParameters()[index]
      return parameter !== undefined && this.#throughName(parameter.getNameNode(), [...callers, call])
    })
    return inside || (fns.length === 0 && this.climb(call, callers))
  }
}

function isContainer(node: Node): boolean {
  return (
    Node.isObjectLiteralExpression(node) ||
    Node.isPropertyAssignment(node) ||
    Node.isShorthandPropertyAssignment(node) ||
    Node.isSpreadAssignment(node) ||
    Node.isSpreadElement(node) ||
    Node.isTemplateSpan(node) ||
    Node.isTemplateExpression(node) ||
    Node.isNewExpression(node)
  )
}
