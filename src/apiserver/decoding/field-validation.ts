import { apiServerFact } from '../version-facts.ts'

/** What becomes of fields that a kind lacks or that come twice. Source: apimachinery pkg/apis/meta/v1/types.go, FieldValidation*. */
export interface FieldValidation {
  readonly directive: 'Ignore' | 'Warn' | 'Strict'
  /** Takes a warning for the answer's headers. */
  warn(text: string): void
}

export const fieldValidationDirectives = ['', 'Ignore', 'Strict', 'Warn'] as const

/** The directive of a request's parameter; a server that does not know it ignores the fields. Source: apiserver handlers/rest.go, fieldValidation. */
export function directiveOf(parameter: string | undefined, minor: number): FieldValidation['directive'] {
  if (!apiServerFact('validatesFields', minor)) return 'Ignore'
  return parameter === 'Ignore' || parameter === 'Strict' ? parameter : 'Warn'
}

/** The error that strict decoding ends with, or undefined when the object is taken; warnings are given on the way. */
export function strictError(errors: readonly string[], { directive, warn }: FieldValidation): string | undefined {
  if (errors.length === 0 || directive === 'Ignore') return undefined
  if (directive === 'Strict') return `strict decoding error: ${errors.join(', ')}`
  for (const error of errors) for (const line of warningsOf(error)) warn(line)
  return undefined
}

/** Errors of the YAML decoder hold several lines. Source: handlers/rest.go, parseYAMLWarnings. */
function warningsOf(error: string): readonly string[] {
  const match = /^(?:error converting YAML to JSON: )?yaml: unmarshal errors:\n([\s\S]*)$/.exec(error)
  return match === null ? [error] : (match[1] ?? '').split('\n').map((line) => line.trim())
}
