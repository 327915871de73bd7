import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { safeJson } from '../bytes/terminal-text.ts'
import { githubDiagnostic } from '../report/github.ts'
import { type SarifFinding, sarifLog } from '../report/sarif.ts'
import { plain } from '../report/text.ts'
import { type Diagnostic, diagnosticCodes, drawDiagnostic, lineAndColumn } from '../scenario/diagnostic.ts'
import { isManifestFile, type ManifestFile, manifestFile } from '../scenario/lint/manifest-file.ts'
import { exitCodes } from './exit-codes.ts'
import type { LintFlags } from './lint-formats.ts'
import type { Output } from './output.ts'
import { findScenarioFiles, isBrokenFile, readScenarioFile } from './scenario-files.ts'
import { version } from './version.ts'

/** What is wrong with a file, or may be. */
interface Finding {
  readonly level: 'error' | 'warning'
  readonly diagnostic: Diagnostic
  /** What the file holds, for the code frame. */
  readonly text: string
}

/** `podsim lint`: loads everything, tells every mistake, runs nothing. Takes plain manifests as well. */
export async function lint(paths: readonly string[], flags: LintFlags, output: Output): Promise<number> {
  const { files, missing } = findScenarioFiles(paths)
  const findings: Finding[] = missing.map((diagnostic) => ({ level: 'error', diagnostic, text: '' }))
  let wrong = missing.length
  let isBroken = false
  for (const file of files) {
    let manifests: ManifestFile | undefined
    const read = readScenarioFile(file, {}, (text) => {
      manifests = isManifestFile(text) ? manifestFile(text, isBesideKustomization(file)) : undefined
      return manifests?.text ?? text
    })
    const { text, loaded } = read
    isBroken ||= isBrokenFile(read)
    const level = loaded.ok ? 'warning' : 'error'
    const told = (loaded.ok ? loaded.warnings : loaded.errors).flatMap((each) => toldOf(manifests, each) ?? [])
    if (!loaded.ok && told.length > 0) wrong++
    for (const diagnostic of told) findings.push({ level, diagnostic, text })
  }
  tell(findings, { files: files.length, wrong }, flags, output)
  if (isBroken) return exitCodes.internal
  return wrong > 0 ? exitCodes.usage : exitCodes.passed
}

function toldOf(manifests: ManifestFile | undefined, diagnostic: Diagnostic): Diagnostic | undefined {
  return manifests === undefined ? diagnostic : manifests.told(diagnostic)
}

/** Whether kustomize makes something of the files of this folder, or of the one above. */
function isBesideKustomization(file: string): boolean {
  return ['kustomization.yaml', 'kustomization.yml', 'Kustomization'].some((name) =>
    existsSync(join(dirname(file), name)),
  )
}

interface Counts {
  readonly files: number
  readonly wrong: number
}

function tell(
  findings: readonly Finding[],
  { files, wrong }: Counts,
  { output: form }: LintFlags,
  output: Output,
): void {
  switch (form) {
    case 'text':
      for (const { diagnostic, text, level } of findings)
        output.err(plain`${drawDiagnostic(diagnostic, text, level)}\n`)
      output.out(plain`${files} ${files === 1 ? 'file' : 'files'}, ${wrong} with errors\n`)
      return
    case 'github':
      for (const { diagnostic, text, level } of findings) output.out(githubDiagnostic(diagnostic, text, level))
      return
    case 'json':
      output.out(plain`${safeJson({ format: 1, files, wrong, findings: findings.map(findingJson) }, 2)}\n`)
      return
    case 'sarif':
      output.out(plain`${safeJson(sarifLog(findings.map(sarifOf), version, diagnosticCodes), 2)}\n`)
  }
}

function placeOf({ diagnostic, text }: Finding): SarifFinding['place'] {
  return { file: diagnostic.file, ...lineAndColumn(diagnostic.text ?? text, diagnostic.range[0]) }
}

function findingJson(finding: Finding): object {
  const { code, message, suggestion } = finding.diagnostic
  const meant = suggestion === undefined ? {} : { suggestion }
  return { level: finding.level, code, ...placeOf(finding), message, ...meant }
}

function sarifOf(finding: Finding): SarifFinding {
  const { code, message, suggestion } = finding.diagnostic
  const hint = suggestion === undefined ? '' : ` (did you mean ${suggestion}?)`
  return { rule: code, level: finding.level, place: placeOf(finding), message: `${message}${hint}` }
}
