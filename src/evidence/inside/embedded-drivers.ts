import Module from 'node:module'

type Method = (...args: unknown[]) => unknown
type OnQueries = (count: number) => void

/** SQLite runs inside the process: its drivers are counted at the methods that run a statement. */
export function countEmbeddedQueries(onQueries: OnQueries): void {
  const counted = new WeakSet<object>()
  const onModule = (id: string, exports: unknown): void => {
    const count = drivers.find(({ pattern }) => pattern.test(id))?.count
    if (count === undefined || !isObject(exports) || counted.has(exports)) return
    counted.add(exports)
    count(exports, onQueries)
  }
  watchRequires(onModule)
  watchBuiltIns(onModule)
}

/** What is required, and what CommonJS is imported, passes here. */
function watchRequires(onModule: (id: string, exports: unknown) => void): void {
  const load: unknown = Reflect.get(Module, '_load')
  if (typeof load !== 'function') return
  Reflect.set(Module, '_load', function (this: unknown, ...args: unknown[]): unknown {
    const exports: unknown = Reflect.apply(load, this, args)
    if (typeof args[0] === 'string') onModule(args[0], exports)
    return exports
  })
}

/** Built-in modules that are imported pass only here; Node before 22.15 has no such hook. */
function watchBuiltIns(onModule: (id: string, exports: unknown) => void): void {
  Module.registerHooks?.({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context)
      if (resolved.url === 'node:sqlite') onModule(resolved.url, process.getBuiltinModule(resolved.url))
      return resolved
    },
  })
}

interface Driver {
  /** Of the name or the path by which it is loaded. */
  readonly pattern: RegExp
  readonly count: (exports: object, onQueries: OnQueries) => void
}

const drivers: readonly Driver[] = [
  {
    pattern: /^(?:node:)?sqlite$/,
    count: (exports, onQueries) => {
      countCalls(prototypeOf(exports, 'StatementSync'), ['run', 'get', 'all', 'iterate'], onQueries)
      countCalls(prototypeOf(exports, 'DatabaseSync'), ['exec'], onQueries)
    },
  },
  {
    pattern: /^better-sqlite3$|[\\/]better-sqlite3[\\/]lib[\\/]index\.js$/,
    count: (exports, onQueries) => {
      const database = 'prototype' in exports && isObject(exports.prototype) ? exports.prototype : null
      countCalls(database, ['exec'], onQueries)
      const counted = new WeakSet<object>()
      wrap(database, 'prepare', (statement) => {
        // The class of statements is not exported; its methods are those of the first statement's prototype.
        const prototype: unknown = isObject(statement) ? Object.getPrototypeOf(statement) : null
        if (!isObject(prototype) || counted.has(prototype)) return
        counted.add(prototype)
        countCalls(prototype, ['run', 'get', 'all', 'iterate'], onQueries)
      })
    },
  },
]

function prototypeOf(exports: object, name: string): object | null {
  const value: unknown = Reflect.get(exports, name)
  return typeof value === 'function' && isObject(value.prototype) ? value.prototype : null
}

function countCalls(prototype: object | null, methods: readonly string[], onQueries: OnQueries): void {
  for (const method of methods) wrap(prototype, method, () => onQueries(1))
}

/** Calls `after` with what a method gave. */
function wrap(prototype: object | null, method: string, after: (result: unknown) => void): void {
  const original: unknown = prototype === null ? undefined : Reflect.get(prototype, method)
  if (prototype === null || typeof original !== 'function') return
  const watching: Method = function (this: unknown, ...args) {
    const result: unknown = Reflect.apply(original, this, args)
    after(result)
    return result
  }
  Reflect.set(prototype, method, watching)
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
