import { plain } from '../report/text.ts'
import { drawDiagnostic } from '../scenario/diagnostic.ts'
import { exitCodes } from './exit-codes.ts'
import type { Output } from './output.ts'
import { findScenarioFiles, isBrokenFile, readScenarioFile } from './scenario-files.ts'

/** `podsim lint`: loads everything, tells every mistake, runs nothing. */
export async function lint(paths: readonly string[], output: Output): Promise<number> {
  const { files, missing } = findScenarioFiles(paths)
  let wrong = missing.length
  let isBroken = false
  for (const diagnostic of missing) output.err(plain`${drawDiagnostic(diagnostic, '')}\n`)
  for (const file of files) {
    const read = readScenarioFile(file)
    const { text, loaded } = read
    isBroken ||= isBrokenFile(read)
    if (loaded.ok) {
      for (const warning of loaded.warnings) output.err(plain`${drawDiagnostic(warning, text, 'warning')}\n`)
      continue
    }
    wrong++
    for (const diagnostic of loaded.errors) output.err(plain`${drawDiagnostic(diagnostic, text)}\n`)
  }
  output.out(plain`${files.length} ${files.length === 1 ? 'file' : 'files'}, ${wrong} with errors\n`)
  if (isBroken) return exitCodes.internal
  return wrong > 0 ? exitCodes.usage : exitCodes.passed
}
