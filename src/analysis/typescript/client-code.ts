import type { SourceFile, ts } from 'ts-morph'

/** What only code that runs in a browser or an app says. */
const signs =
  /^\s*['"]use client['"]|\bfrom\s*['"](?:react-dom\/client|@tanstack\/(?:react|vue|solid|svelte)-[^'"]+|@trpc\/(?:react-query|next)|swr(?:\/[^'"]+)?|react-router(?:-dom)?|react-native|react-redux|@reduxjs\/toolkit[^'"]*|vue|vue-router|pinia|zustand|svelte|solid-js)['"]|\buse(?:State|Effect|Reducer|Callback|Ref)\s*[<(]/m

const known = new WeakMap<ts.SourceFile, boolean>()

/** Whether a file is made for the client of the application, and no server ever runs its functions. */
export function isClientCode(file: SourceFile): boolean {
  const told = known.get(file.compilerNode)
  if (told !== undefined) return told
  const isClient = signs.test(file.getFullText())
  known.set(file.compilerNode, isClient)
  return isClient
}
