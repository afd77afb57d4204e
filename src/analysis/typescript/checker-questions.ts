import type { Node, Symbol, TypeChecker } from 'ts-morph'
import { Topic, type Memo } from './memo.ts'

/** What the type checker says: the declarations of a node's symbol, of the value of a short-hand, and behind an alias. */
const symbols = new Topic<readonly Node[] | null>(null)
const valueSymbols = new Topic<readonly Node[] | null>(null)
const aliasedSymbols = new Topic<readonly Node[] | null>(null)
/** Types are looked into further, so that none equals another. */
const types = new Topic<{ readonly declarations: readonly Node[] | null } | null>(null)

/**
 * Has a memo note all that a type checker is asked, whoever asks it by way of a node: what it says about one file is
 * decided by the files that this imports, too.
 */
export function noteQuestions(checker: TypeChecker, memo: () => Memo): void {
  const symbolAt = checker.getSymbolAtLocation.bind(checker)
  const valueOf = checker.getShorthandAssignmentValueSymbol.bind(checker)
  const aliased = checker.getAliasedSymbol.bind(checker)
  const typeAt = checker.getTypeAtLocation.bind(checker)
  checker.getSymbolAtLocation = (node) => {
    if (memo().isAnswering) memo().ask(symbols, node, () => declarationsOf(symbolAt(node)))
    return symbolAt(node)
  }
  checker.getShorthandAssignmentValueSymbol = (node) => {
    if (memo().isAnswering) memo().ask(valueSymbols, node, () => declarationsOf(valueOf(node)))
    return valueOf(node)
  }
  checker.getAliasedSymbol = (symbol) => {
    const [declaration] = memo().isAnswering ? symbol.getDeclarations() : []
    if (declaration) memo().ask(aliasedSymbols, declaration, () => declarationsOf(aliased(symbol)))
    return aliased(symbol)
  }
  checker.getTypeAtLocation = (node) => {
    if (memo().isAnswering)
      memo().ask(types, node, () => ({
        declarations: declarationsOf(typeAt(node).getSymbol()),
        type: typeAt(node),
      }))
    return typeAt(node)
  }
}

function declarationsOf(symbol: Symbol | undefined): readonly Node[] | null {
  return symbol?.getDeclarations() ?? null
}
