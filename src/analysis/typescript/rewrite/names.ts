import type { Node } from 'ts-morph'

/** Whether a name is written anywhere in a node's text, so that using it for something new could clash. */
export function isUsed(name: string, scope: Node): boolean {
  return new RegExp(`(?<![\\w$])${name.replaceAll('$', '\\$')}(?![\\w$])`).test(scope.getText())
}

/** The first of some names that isn't used inside a scope, or null. */
export function freeName(candidates: readonly string[], scope: Node): string | null {
  return candidates.find((name) => !isUsed(name, scope)) ?? null
}
