import { Node, type SourceFile } from 'ts-morph'
import { identifiersNamed } from '../../identifiers.ts'
import { importersIn } from '../../importers.ts'
import { fileOf, type Program } from '../../program.ts'

/**
 * Whether a router that isn't mounted anywhere was taken out of use: other files import the module that makes it, and
 * none of them does anything with what it imports.
 */
export function isOutOfUse(made: Node, program: Program): boolean {
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

/** Whether all that a file does with a router is to register routes on it and to export it. */
function isExportedOnly(file: SourceFile, name: string): boolean {
  return identifiersNamed(file, name).every((use) => {
    const parent = use.getParent()
    return (
      Node.isVariableDeclaration(parent) ||
      Node.isExportAssignment(parent) ||
      Node.isPropertyAccessExpression(parent) ||
      (Node.isBinaryExpression(parent) && parent.getLeft().getText() === 'module.exports')
    )
  })
}

/** Whether every name that a file imports from another one stands nowhere else in it. */
function importsInVain(importer: SourceFile, file: SourceFile, program: Program): boolean {
  const isOf = (literal: Node | undefined): boolean =>
    Node.isStringLiteral(literal) && program.resolve(literal.getLiteralValue(), importer) === file
  const imports = importer
    .getImportDeclarations()
    .filter((each) => isOf(each.getModuleSpecifier()))
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
