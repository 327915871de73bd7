import { digestOf } from '../kernel/digest.ts'
import type { JournalRecord } from '../kernel/journal.ts'

/**
 * Secrets' values never leave by accident: objects of kind Secret, and the copy that `kubectl apply` keeps of them, are
 * shown with the size and a short digest of each value.
 */
export function redacted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (!isSecret(value)) return value
  const { data, stringData, metadata } = value
  return {
    ...value,
    ...(data === undefined ? {} : { data: hiddenValues(data, base64Bytes) }),
    ...(stringData === undefined ? {} : { stringData: hiddenValues(stringData, (text) => text.length) }),
    ...(metadata === undefined ? {} : { metadata: withoutLastApplied(metadata) }),
  }
}

/** A record as it may be written out. */
export function redactedRecord(record: JournalRecord): JournalRecord {
  return {
    ...record,
    ...(record.before === undefined ? {} : { before: redacted(record.before) }),
    ...(record.after === undefined ? {} : { after: redacted(record.after) }),
  }
}

interface SecretShape {
  readonly kind: 'Secret'
  readonly data?: Readonly<Record<string, string>>
  readonly stringData?: Readonly<Record<string, string>>
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> }
}

function isSecret(value: object): value is SecretShape {
  return 'kind' in value && value.kind === 'Secret'
}

function hiddenValues(
  values: Readonly<Record<string, string>>,
  size: (value: string) => number,
): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, hidden(value, size(value))]))
}

function hidden(value: string, bytes: number): string {
  return `<${bytes} bytes, ${digestOf(value).slice(0, 8)}>`
}

function base64Bytes(text: string): number {
  const compact = text.replace(/[\r\n=]/g, '')
  return Math.floor((compact.length * 3) / 4)
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

function withoutLastApplied(metadata: NonNullable<SecretShape['metadata']>): object {
  const copy = metadata.annotations?.[lastApplied]
  if (copy === undefined) return metadata
  return { ...metadata, annotations: { ...metadata.annotations, [lastApplied]: hidden(copy, copy.length) } }
}
