import { Node, SyntaxKind, type SourceFile } from 'ts-morph'
import { identifiersNamed } from '../../identifiers.ts'
import { importersIn } from '../../importers.ts'
import { fileOf, type Program } from '../../program.ts'

/**
 * Whether a router that isn't mounted anywhere was taken out of use: other files import the module that makes it, and
 * none of them does anything with what it imports.
 */
export function isOutOfUse(made: Node, program: Program): boolean {
  // What isn't called a router may be the application, which nothing mounts.
  if (!/^(?:new )?[\w.]*Router\b/.test(made.getText())) return false
  const declaration = made.getFirstAncestor(Node.isVariableDeclaration)
  const file = made.getSourceFile()
  const name = declaration?.getNameNode()
  if (!declaration?.getVariableStatement()?.getParent()?.isKind(file.getKind()) || !Node.isIdentifier(name))
    return false
  if (!isExportedOnly(file, name.getText())) return false
  const importers = [...(importersIn(program).get(fileOf(file)) ?? [])].flatMap(
    (importer) => program.sourceFile(importer) ?? [],
  )
  return importers.length > 0 && importers.every((importer) => importsInVain(importer, file, program))
}

/** What starts an application, or hands it to what does. */
const starting = new Set(['listen', 'callback', 'fetch', 'fire', 'handle', 'request', 'ready', 'inject'])

/** Whether a file exports a router, and does nothing else with it but register routes on it. */
function isExportedOnly(file: SourceFile, name: string): boolean {
  const parents = identifiersNamed(file, name).map((use) => use.getParent())
  const isExported = parents.some(
    (parent) =>
      isExport(parent) ||
      (Node.isVariableDeclaration(parent) && parent.getVariableStatement()?.hasExportKeyword() === true),
  )
  return (
    isExported &&
    parents.every(
      (parent) =>
        Node.isVariableDeclaration(parent) ||
        isExport(parent) ||
        (Node.isPropertyAccessExpression(parent) && !starting.has(parent.getName())),
    )
  )
}

/** `export default router`, `module.exports = router` */
function isExport(node: Node | undefined): boolean {
  return (
    Node.isExportAssignment(node) ||
    (Node.isBinaryExpression(node) && node.getLeft().getText() === 'module.exports')
  )
}

/** Whether every name that a file imports from another one stands nowhere else in it. */
function importsInVain(importer: SourceFile, file: SourceFile, program: Program): boolean {
  const isOf = (literal: Node | undefined): boolean =>
    Node.isStringLiteral(literal) && program.resolve(literal.getLiteralValue(), importer) === file
  const imports = importer
    .getImportDeclarations()
    .filter((each) => isOf(each.getFirstChildByKind(SyntaxKind.StringLiteral)))
    .map((each) => [each.getDefaultImport(), each.getNamespaceImport(), ...each.getNamedImports()])
    .map((names) =>
      names.flatMap((each) => (Node.isImportSpecifier(each) ? each.getNameNode() : (each ?? []))),
    )
  const required = program
    .callsIn(importer)
    .filter((call) => call.getExpression().getText() === 'require' && isOf(call.getArguments()[0]))
    .map((call) => {
      const parent = call.getParent()
      const name = Node.isVariableDeclaration(parent) ? parent.getNameNode() : undefined
      return name ? [name] : []
    })
  const all = [...imports, ...required]
  return (
    all.length > 0 &&
    all.every(
      (names) =>
        names.length > 0 &&
        names.every(
          (name) => Node.isIdentifier(name) && identifiersNamed(importer, name.getText()).length === 1,
        ),
    )
  )
}
