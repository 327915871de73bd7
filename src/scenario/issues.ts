import type { Document } from 'yaml'
import type { core } from 'zod'
import { closest, type Diagnostic } from './diagnostic.ts'
import { keyRange, nodeAt, valueRange, type YamlPath } from './positions.ts'
import { stepActions } from './schema.ts'

/** What zod found wrong, as diagnostics with positions in the file. */
export function diagnosticsOf(
  issues: readonly core.$ZodIssue[],
  document: Document,
  file: string,
  keysAt: (path: YamlPath) => readonly string[],
): Diagnostic[] {
  const found = issues.flatMap((issue) => diagnosticsOfIssue(issue, [], { document, file, keysAt }))
  // A misspelt key is told once, not again as a missing one.
  const meant = new Set(found.map(({ suggestion }) => suggestion).filter((suggestion) => suggestion !== undefined))
  return found.filter(
    ({ code, message }) =>
      code !== 'MISSING_KEY' || ![...meant].some((key) => message.startsWith(`missing key ${key}`)),
  )
}

interface Context {
  readonly document: Document
  readonly file: string
  /** Keys that a map at this path may have. */
  readonly keysAt: (path: YamlPath) => readonly string[]
}

function diagnosticsOfIssue(issue: core.$ZodIssue, base: YamlPath, context: Context): Diagnostic[] {
  const path: YamlPath = [...base, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))]
  const { document, file, keysAt } = context
  const value = valueRange(document, path)
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const meant = closest(key, keysAt(path))
        return {
          code: isStepWithoutAction(path, document) ? 'UNKNOWN_STEP' : 'UNKNOWN_KEY',
          message: `unknown key ${quoted(key)} ${whereIs(path)}; expected one of ${keysAt(path).join(', ')}`,
          file,
          range: keyRange(document, [...path, key]),
          ...(meant === undefined ? {} : { suggestion: quoted(meant) }),
        }
      })
    case 'invalid_type': {
      if (issue.input === undefined) {
        const key = String(path[path.length - 1])
        return [
          {
            code: 'MISSING_KEY',
            message: `missing key ${quoted(key)} ${whereIs(path.slice(0, -1))}`,
            file,
            range: value,
          },
        ]
      }
      return [
        {
          code: 'WRONG_TYPE',
          message: `${whatIs(path)} is ${describe(issue.input)}; expected ${article(issue.expected)}`,
          file,
          range: value,
        },
      ]
    }
    case 'invalid_union':
      return bestBranch(issue).flatMap((inner) => diagnosticsOfIssue(inner, path, context))
    case 'invalid_value': {
      const allowed = issue.values.map(String)
      const meant = typeof issue.input === 'string' ? closest(issue.input, allowed) : undefined
      return [
        {
          code: 'BAD_VALUE',
          message: `${whatIs(path)} is ${describe(issue.input)}; expected ${allowed.map(quoted).join(', ')}`,
          file,
          range: value,
          ...(meant === undefined ? {} : { suggestion: quoted(meant) }),
        },
      ]
    }
    case 'too_small':
      return [
        {
          code: 'BAD_VALUE',
          message: `${whatIs(path)} is ${issue.minimum === 1 ? 'empty' : `less than ${issue.minimum}`}; expected at least ${issue.minimum}`,
          file,
          range: value,
        },
      ]
    case 'invalid_format':
      return [
        {
          code: 'BAD_VALUE',
          message: `${whatIs(path)} is ${describe(issue.input)}; expected ${issue.pattern === undefined ? issue.format : `the form ${issue.pattern}`}`,
          file,
          range: value,
        },
      ]
    default:
      return [
        {
          code: 'BAD_VALUE',
          message: `${whatIs(path)} is ${describe(issue.input)}: ${issue.message}`,
          file,
          range: value,
        },
      ]
  }
}

/** Whether `path` is a step of which no key is an action: the unknown key was meant to be one. */
function isStepWithoutAction(path: YamlPath, document: Document): boolean {
  if (path.length !== 2 || path[0] !== 'steps') return false
  const known = [...stepActions, 'say', 'expect']
  return !known.some((key) => nodeAt(document, [...path, key]) !== undefined)
}

/** Of a union, the branch that the author most probably meant: the one whose complaint lies deepest, then the shortest. */
function bestBranch(issue: core.$ZodIssueInvalidUnion): readonly core.$ZodIssue[] {
  const depth = (branch: readonly core.$ZodIssue[]) => {
    const shallow = branch.some(({ code, path }) => code === 'invalid_type' && path.length === 0)
    return shallow ? -1 : Math.max(0, ...branch.map(({ path }) => path.length))
  }
  const branches = [...issue.errors].sort((a, b) => depth(b) - depth(a) || a.length - b.length)
  return branches[0] ?? []
}

export function quoted(text: string): string {
  return JSON.stringify(text)
}

function whatIs(path: YamlPath): string {
  return path.length === 0 ? 'the file' : pathText(path)
}

function whereIs(path: YamlPath): string {
  return path.length === 0 ? 'at the top of the scenario' : `in ${pathText(path)}`
}

function pathText(path: YamlPath): string {
  return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`)).join('')
}

function describe(input: unknown): string {
  if (input === null) return 'empty'
  if (Array.isArray(input)) return 'a list'
  if (typeof input === 'object') return 'a map'
  if (typeof input === 'string') return `the text ${quoted(input.length > 40 ? `${input.slice(0, 37)}...` : input)}`
  return `${typeof input === 'number' ? 'the number' : ''} ${String(input)}`.trim()
}

const nouns: Readonly<Record<string, string>> = {
  string: 'a text',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
}

function article(expected: string): string {
  return nouns[expected] ?? expected
}
