import type { SuccessRule } from '../../../api/types/job-policies.ts'
import type { JobSpec } from '../../../api/types/workloads.ts'
import { dns1123Subdomain, regexText } from '../../../api/validation/formats.ts'
import type { Validator } from '../../../api/validation/validator.ts'
import { goQuote } from '../../../go/quote.ts'

/** When a Job has succeeded, and who says so. Source: pkg/apis/batch/validation/validation.go. */

const rulesMax = 20
const indexesMax = 64 * 1024

/** Source: validateSuccessPolicy. */
export function validateSuccessPolicy(v: Validator, field: string, spec: JobSpec): void {
  const all = spec.successPolicy?.rules ?? []
  if (all.length === 0) v.required(field, 'at least one rules must be specified when the successPolicy is specified')
  if (all.length > rulesMax) v.tooMany(field, all.length, rulesMax)
  for (const [at, rule] of all.entries()) validateRule(v, `${field}[${at}]`, rule, spec.completions ?? 0)
}

/** Source: validateSuccessPolicyRule. */
function validateRule(v: Validator, field: string, rule: SuccessRule, completions: number): void {
  const { succeededCount: count, succeededIndexes: indexes } = rule
  if (count === undefined && indexes === undefined)
    v.required(field, 'at least one of succeededCount or succeededIndexes must be specified')
  let total = 0
  if (indexes !== undefined) {
    if (indexes.length > indexesMax) v.tooLong(`${field}.succeededIndexes`, indexesMax)
    const read = countOf(indexes, completions)
    if (typeof read === 'number') total = read
    else v.invalid(`${field}.succeededIndexes`, indexes, `error parsing succeededIndexes: ${read.problem}`)
  }
  if (count === undefined) return
  const path = `${field}.succeededCount`
  const atMost = (limit: number, what: string) => {
    if (count > limit) v.invalid(path, count, `must be less than or equal to ${limit} (the number of ${what})`)
  }
  v.nonNegative(path, count)
  atMost(completions, 'specified completions')
  if (indexes !== undefined) atMost(total, 'indexes in the specified succeededIndexes field')
}

interface Problem {
  readonly problem: string
}

/** How many indexes a text like `0,2-5` names. Source: validateIndexesFormat. */
function countOf(text: string, completions: number): number | Problem {
  if (text === '') return 0
  let last: number | undefined
  let total = 0
  for (const part of text.split(',')) {
    const found = intervalOf(part, completions)
    if ('problem' in found) return found
    if (last !== undefined && last >= found.first) return disorder(last, found.first)
    total += found.last - found.first + 1
    last = found.last
  }
  return total
}

const disorder = (previous: number, current: number): Problem => ({
  problem: `non-increasing order, previous: ${previous}, current: ${current}`,
})

/** Source: parseIndexInterval. */
function intervalOf(text: string, completions: number): { readonly first: number; readonly last: number } | Problem {
  const [from = '', to, more] = text.split('-')
  if (more !== undefined)
    return {
      problem: `the fragment ${goQuote(text)} violates the requirement that an index interval can have at most two parts separated by '-'`,
    }
  const first = indexOf(from, completions)
  if (typeof first !== 'number') return first
  if (to === undefined) return { first, last: first }
  const last = indexOf(to, completions)
  if (typeof last !== 'number') return last
  return first >= last ? disorder(first, last) : { first, last }
}

function indexOf(text: string, completions: number): number | Problem {
  const isNumber = /^[+-]?\d+$/.test(text) && Math.abs(Number(text)) <= 2 ** 63
  if (!isNumber) return { problem: `cannot convert string to integer for index: ${goQuote(text)}` }
  const index = Number(text)
  return index >= completions ? { problem: `too large index: ${goQuote(text)}` } : index
}

const managerMax = 63
const pathFormat = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+"
const pathPattern = /^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/

/** Source: validateJobSpec; apimachinery pkg/util/validation/validation.go, IsDomainPrefixedPath. */
export function validateManager(v: Validator, field: string, { managedBy }: JobSpec): void {
  if (managedBy === undefined) return
  const [host = '', ...rest] = managedBy.split('/')
  const path = rest.join('/')
  if (managedBy === '') v.required(field)
  else if (host === '' || path === '')
    v.invalid(field, managedBy, 'must be a domain-prefixed path (such as "acme.io/foo")')
  else {
    v.each(field, host, dns1123Subdomain(host, v.minor))
    if (!pathPattern.test(path)) v.invalid(field, path, regexText('Invalid path', pathFormat))
  }
  if (managedBy.length > managerMax) v.tooLong(field, managerMax)
}
