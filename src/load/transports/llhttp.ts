import { createRequire } from 'node:module'

declare global {
  // The part that is needed here: TypeScript declares WebAssembly for browsers only.
  namespace WebAssembly {
    interface Memory {
      readonly buffer: ArrayBuffer
    }
    interface Module {
      readonly [Symbol.toStringTag]: string
    }
    var Module: new (binary: Uint8Array) => Module
    class Instance {
      constructor(module: Module, imports: object)
      readonly exports: object
    }
    class CompileError extends Error {}
  }
}

/** What this program uses of llhttp's functions, on pointers into the module's memory. */
export interface Llhttp {
  readonly memory: WebAssembly.Memory
  readonly malloc: (bytes: number) => number
  readonly llhttp_alloc: (type: number) => number
  readonly llhttp_free: (parser: number) => void
  readonly llhttp_reset: (parser: number) => void
  readonly llhttp_execute: (parser: number, data: number, length: number) => number
  readonly llhttp_finish: (parser: number) => number
  readonly llhttp_should_keep_alive: (parser: number) => number
  readonly llhttp_get_error_reason: (parser: number) => number
  readonly llhttp_errno_name: (code: number) => number
}

type Span = (parser: number, at: number, length: number) => number

/** What llhttp calls while it parses; anything but 0 ends parsing, except that 1 for a head means "no body follows". */
export interface LlhttpCallbacks {
  readonly wasm_on_message_begin: (parser: number) => number
  readonly wasm_on_url: Span
  readonly wasm_on_status: Span
  readonly wasm_on_header_field: Span
  readonly wasm_on_header_value: Span
  readonly wasm_on_headers_complete: (
    parser: number,
    status: number,
    upgrade: number,
    keepAlive: number,
  ) => number
  readonly wasm_on_body: Span
  readonly wasm_on_message_complete: (parser: number) => number
}

/** llhttp as undici ships it, compiled to WebAssembly: with SIMD, or without where this machine has none. */
export function instantiateLlhttp(callbacks: LlhttpCallbacks): Llhttp {
  const { exports } = new WebAssembly.Instance(compile(), { env: { ...callbacks } })
  if (!isLlhttp(exports)) throw new Error('undici ships another llhttp than this one was written for')
  return exports
}

function compile(): WebAssembly.Module {
  try {
    return new WebAssembly.Module(simdBinary())
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) return new WebAssembly.Module(plainBinary())
    throw error
  }
}

// A bundler resolves `require` and nothing else here: an import would copy the binary byte by byte into a namespace.
const bundled = typeof require === 'function'

function simdBinary(): Buffer {
  return bundled
    ? require('undici/lib/llhttp/llhttp_simd-wasm.js')
    : createRequire(import.meta.url)('undici/lib/llhttp/llhttp_simd-wasm.js')
}

function plainBinary(): Buffer {
  return bundled
    ? require('undici/lib/llhttp/llhttp-wasm.js')
    : createRequire(import.meta.url)('undici/lib/llhttp/llhttp-wasm.js')
}

function isLlhttp(exports: object): exports is Llhttp {
  return 'memory' in exports && 'malloc' in exports && 'llhttp_execute' in exports
}
