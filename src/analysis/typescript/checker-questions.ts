import { SymbolFlags, type Node, type Symbol, type TypeChecker } from 'ts-morph'
import { Topic, type Memo } from './memo.ts'

/** What the type checker says: the declarations of the symbol of a node, of the value of a short-hand, behind an alias. */
type Declarations = readonly Node[] | null
const symbols = new Topic<Declarations>(null)
const valueSymbols = new Topic<Declarations>(null)
const aliasedSymbols = new Topic<Declarations>(null)
/** Types are looked into further, so that none equals another. */
const types = new Topic<{ readonly declarations: Declarations } | null>(null)

/**
 * Has a memo note all that a type checker is asked, whoever asks it by way of a node: what it says about one file is
 * decided by the files that this imports, too. An answer that still holds isn't asked for again.
 */
export function noteQuestions(checker: TypeChecker, memo: () => Memo): void {
  const valueOf = checker.getShorthandAssignmentValueSymbol.bind(checker)
  const typeAt = checker.getTypeAtLocation.bind(checker)
  const symbolOfNode = noted(symbols, checker.getSymbolAtLocation.bind(checker), memo)
  const symbolOfAlias = noted(aliasedSymbols, checker.getAliasedSymbol.bind(checker), memo)
  checker.getSymbolAtLocation = (node) => symbolOfNode(node, node)
  checker.getAliasedSymbol = (symbol) => symbolOfAlias(symbol, symbol.getDeclarations()[0])
  checker.getShorthandAssignmentValueSymbol = (node) => {
    if (memo().isAnswering) memo().ask(valueSymbols, node, () => declarationsOf(valueOf(node)))
    return valueOf(node)
  }
  checker.getTypeAtLocation = (node) => {
    if (memo().isAnswering)
      memo().ask(types, node, () => ({ declarations: declarationsOf(typeAt(node).getSymbol()) }))
    return typeAt(node)
  }
}

/** A question that the memo takes note of, under the node that it is about. */
function noted<Asked>(
  topic: Topic<Declarations>,
  answer: (asked: Asked) => Symbol | undefined,
  memo: () => Memo,
): (asked: Asked, about: Node | undefined) => Symbol | undefined {
  const lasting = new WeakMap<Node, Symbol>()
  return (asked, about) => {
    if (!about || !memo().isAnswering) return answer(asked)
    memo().ask(topic, about, () => {
      const symbol = answer(asked)
      if (symbol && isLasting(symbol)) lasting.set(about, symbol)
      else lasting.delete(about)
      return declarationsOf(symbol)
    })
    return lasting.get(about) ?? answer(asked)
  }
}

/** Whether a symbol is what a declaration made, the same for each type checker, and not put together by one of them. */
function isLasting(symbol: Symbol): boolean {
  return !symbol.hasFlags(SymbolFlags.Transient)
}

function declarationsOf(symbol: Symbol | undefined): Declarations {
  return symbol?.getDeclarations() ?? null
}
