import { Node, SyntaxKind } from 'ts-morph'
import type { FunctionNode } from '../../functions.ts'
import { addImports } from '../../rewrite/imports.ts'
import { isUsed } from '../../rewrite/names.ts'
import { insertion } from '../../rewrite/placement.ts'
import type { RequestQuery } from '../framework.ts'
import { isOpenType } from './input.ts'

/** The parameter of a controller's method that holds the whole query, added where there is none; null where it can't be. */
export function nestQuery(fn: FunctionNode): RequestQuery | null {
  const parameter = fn
    .getParameters()
    .find((candidate) => candidate.getDecorators().some((decorator) => isWholeQuery(decorator.getText())))
  if (!parameter) return added(fn)
  const name = parameter.getNameNode()
  return Node.isIdentifier(name) && isOpenType(parameter) ? { text: name.getText(), edits: [] } : null
}

function added(fn: FunctionNode): RequestQuery | null {
  const parameters = fn.getParameters()
  const imports = addImports(fn.getSourceFile(), { '@nestjs/common': ['Query'] })
  const open = fn.getFirstChildByKind(SyntaxKind.OpenParenToken)
  const last = parameters.at(-1)
  if (!imports || !open || parameters.some((parameter) => parameter.hasQuestionToken())) return null
  if (last?.isRestParameter() || isUsed('query', fn)) return null
  const text = '@Query() query: Record<string, string>'
  const edit = last ? insertion(fn, last.getEnd(), `, ${text}`) : insertion(fn, open.getEnd(), text)
  return { text: 'query', edits: [...imports, edit] }
}

function isWholeQuery(decorator: string): boolean {
  return /^@Query\(\s*\)$/.test(decorator)
}
