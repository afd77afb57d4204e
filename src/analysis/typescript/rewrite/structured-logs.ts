import { Node } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import type { SiteIntention } from '../../intentions.ts'
import type { Context } from './context.ts'
import { insertion, lineEnd, statementOf } from './placement.ts'
import { addSnippet, type Snippet } from './snippet.ts'
import { indentOf, styleOf } from './style.ts'

const snippet: Snippet = {
  names: ['logRequests', 'requestIds', 'logLine'],
  imports: { 'node:async_hooks': ['AsyncLocalStorage'], 'node:crypto': ['randomUUID'] },
  types: { 'node:http': ['IncomingMessage', 'ServerResponse'] },
  text: String.raw`
const requestIds = new AsyncLocalStorage«<string>»();

// Writes one JSON line, with the id of the request during which it is called.
function logLine(fields«: Record<string, unknown>»)«: void» {
  console.log(JSON.stringify({ time: new Date().toISOString(), id: requestIds.getStore(), ...fields }));
}

// Gives every request an id, which is sent back, and logs its answer.
function logRequests(
  request«: IncomingMessage# & { originalUrl?: string }»,
  response«: ServerResponse#»,
  next«: () => void»,
)«: void» {
  const started = performance.now();
  const given = request.headers['x-request-id'];
  // An id from outside is taken over only if it is short and can’t forge log lines.
  const id = typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
  response.setHeader('x-request-id', id);
  // Without the query, which may hold secrets.
  const [path] = (request.originalUrl ?? request.url ?? '').split('?');
  response.once('close', () => {
    const status = response.writableFinished ? response.statusCode : 499;
    logLine({ id, method: request.method, path, status, ms: Math.round(performance.now() - started) });
  });
  requestIds.run(id, next);
}
`,
}

/** Has an Express application log its requests, before anything else that it uses. */
export function structuredLogs({ site }: SiteIntention, { sites }: Context): FileEdit[] | null {
  const made = sites.get(site)?.node
  const statement = made && statementOf(made)
  if (!made || !statement) return null
  const app = holderOf(made)
  const added = app === null ? null : addSnippet(made, snippet)
  if (!added) return null
  const { end, lineBreak } = styleOf(made.getSourceFile())
  const use = `${lineBreak}${indentOf(statement)}${app}.use(${snippet.names[0]})${end}`
  return [...added, insertion(statement, lineEnd(statement), use)]
}

/** What holds the application: `app` of `const app = express()`, `this.app` of `this.app = express()`. */
function holderOf(made: Node): string | null {
  const parent = made.getParent()
  if (Node.isVariableDeclaration(parent) && Node.isIdentifier(parent.getNameNode())) {
    const [declaration, another] = parent.getVariableStatement()?.getDeclarations() ?? []
    return declaration === parent && !another ? parent.getName() : null
  }
  const isAssigned = Node.isBinaryExpression(parent) && Node.isExpressionStatement(parent.getParent())
  return isAssigned && /^[\w.]+$/.test(parent.getLeft().getText()) ? parent.getLeft().getText() : null
}
