/** SARIF 2.1.0 (OASIS), as code scanning reads it: for whoever finds things in files. */

/** Something found in a file. Lines and columns from 1. */
export interface SarifFinding {
  readonly rule: string
  readonly level: 'error' | 'warning' | 'note'
  readonly place: { readonly file: string; readonly line: number; readonly column: number }
  readonly message: string
}

/** The log of one run. `meanings`: what rules say, for those of which it is known. */
export function sarifLog(
  findings: readonly SarifFinding[],
  toolVersion: string,
  meanings: Readonly<Record<string, string>> = {},
): object {
  const rules = [...new Set(findings.map(({ rule }) => rule))].sort()
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'podsim', version: toolVersion, rules: rules.map((id) => ruleOf(id, meanings[id])) } },
        results: findings.map(({ rule, level, place, message }) => ({
          ruleId: rule,
          ruleIndex: rules.indexOf(rule),
          level,
          message: { text: message },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: encodeURI(place.file) },
                region: { startLine: place.line, startColumn: place.column },
              },
            },
          ],
        })),
      },
    ],
  }
}

function ruleOf(id: string, meaning: string | undefined): object {
  return meaning === undefined ? { id } : { id, shortDescription: { text: meaning } }
}
