import { type Document, isScalar } from 'yaml'
import type { Complaint, Telling } from '../sim/input/complaints.ts'
import { describeValue, quoted } from '../sim/input/words.ts'
import type { Diagnostic } from './diagnostic.ts'
import { keyRange, nodeAt, valueRange, type YamlPath } from './positions.ts'

/** Complaints about a scenario's value as diagnostics with their places in the file. */
export function diagnosticOf(complaint: Complaint, document: Document, file: string): Diagnostic {
  const { code, message, path, isAtKey, suggestion } = complaint
  return {
    code,
    message,
    file,
    range: isAtKey ? keyRange(document, path) : valueRange(document, path),
    ...(suggestion === undefined ? {} : { suggestion }),
  }
}

/** How values of a scenario are told: as they stand in the file. */
export function tellingOf(document: Document): Telling {
  const source = (path: YamlPath): string | undefined => {
    const node = nodeAt(document, path)
    return isScalar(node) ? node.source : undefined
  }
  return {
    root: 'the file',
    isRead: true,
    source,
    describe(value, path) {
      if (value === null || value === undefined) return 'empty'
      const written = source(path)
      // YAML 1.2 reads 0644 as 644 and 1_000 as a text: who wrote it should see both.
      return typeof value === 'number' && written !== undefined && written !== String(value) && !written.includes('${{')
        ? `${quoted(written)}, which YAML 1.2 reads as the number ${value}`
        : describeValue(value)
    },
  }
}
