import { Node, type CallExpression } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import type { SiteIntention } from '../../intentions.ts'
import { calleeName } from '../functions.ts'
import type { Context } from './context.ts'
import { freeName } from './names.ts'
import { insertion, lineEnd, statementOf } from './placement.ts'
import { block, indentOf, styleOf } from './style.ts'

/**
 * Closes a server on SIGTERM and SIGINT, after the statement that starts it. A server that nothing holds gets a name.
 * NestJS has a call of its own for it.
 */
export function gracefulShutdown({ site }: SiteIntention, { sites, resolver }: Context): FileEdit[] | null {
  const call = sites.get(site)?.node
  const statement = call && statementOf(call)
  if (!Node.isCallExpression(call) || !statement) return null
  const callee = call.getExpression()
  const receiver = Node.isPropertyAccessExpression(callee) ? callee.getExpression() : null
  const origin = (receiver && resolver.origin(receiver)) ?? ''
  const style = styleOf(call.getSourceFile())
  if (receiver && /@nestjs/.test(origin)) {
    const text = `${receiver.getText()}.enableShutdownHooks()${style.end}${style.lineBreak}${indentOf(statement)}`
    return [insertion(statement, statement.getStart(), text)]
  }
  const holder = holderOf(call, receiver, origin, statement)
  if (!holder) return null
  const lines = [
    `for (const signal of [${style.quote('SIGTERM')}, ${style.quote('SIGINT')}]) {`,
    `${style.indent}process.once(signal, () => ${holder.close})${style.end}`,
    '}',
  ]
  const text = style.lineBreak + style.lineBreak + block(lines, indentOf(statement), style)
  return [...holder.edits, insertion(statement, lineEnd(statement), text)]
}

interface Holder {
  readonly edits: readonly FileEdit[]
  /** Source text that closes the server. */
  readonly close: string
}

/** What can be closed: the server itself, or what `app.listen(…)` gives, held by a variable. */
function holderOf(
  call: CallExpression,
  receiver: Node | null,
  origin: string,
  statement: Node,
): Holder | null {
  const isServer = /createServer|fastify|<"(?:node:)?https?"/.test(origin)
  if (receiver && isServer) {
    const close = `${receiver.getText()}.close()`
    return { edits: [], close: /fastify/.test(origin) ? `void ${close}` : close }
  }
  const parent = call.getParent()
  if (Node.isVariableDeclaration(parent)) return { edits: [], close: `${parent.getName()}.close()` }
  if (!Node.isExpressionStatement(parent) || parent !== statement) return null
  if (calleeName(call) !== 'listen' && calleeName(call) !== 'serve') return null
  const name = freeName(['server', 'httpServer', 'listeningServer'], statement.getParentOrThrow())
  if (name === null) return null
  return { edits: [insertion(call, call.getStart(), `const ${name} = `)], close: `${name}.close()` }
}
