import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import { goDiff } from './diff.ts'
import { goJsonDiff, goValueJson } from './diff-json.ts'
import { laterStructs } from './later-structs.ts'
import { middleStructs } from './middle-structs.ts'
import { goStrings, goSyntax } from './syntax.ts'
import type { Structs } from './values.ts'

/** What differs from `coreStructs` in the texts of a version that shows values as Go prints them: v1.23's from v1.20 on. */
function structsOf(minor: number): Structs | undefined {
  return has(minor, apiServer.differencesAreTerse) ? middleStructs : undefined
}

/** The difference of two values of a Go type, in the words of the version. Source: apimachinery pkg/util/diff/diff.go, ObjectDiff; cmp.Diff. */
export function shownDiff(type: string, x: unknown, y: unknown, minor: number): string {
  if (has(minor, apiServer.differencesAreLinesOfJson)) return goJsonDiff(type, x, y)
  return goDiff(type, x, y, structsOf(minor))
}

/** A value of a Go type as refusals of the version show it. Source: apimachinery field/errors.go, ErrorBody. */
export function shownValue(type: string, json: unknown, minor: number): string {
  if (has(minor, apiServer.showsValuesAsJson)) return goValueJson(type, json)
  return goSyntax(type, json, type.startsWith('batch.') ? laterStructs : structsOf(minor))
}

/** A list of texts as refusals show it: as Go writes a slice of `type`, from v1.34 as JSON. Source: apimachinery field/errors.go, ErrorBody. */
export function shownList(list: readonly string[] | undefined, type: string, minor: number): string {
  if (has(minor, apiServer.showsValuesAsJson)) return list === undefined ? 'null' : JSON.stringify(list)
  return goStrings(`[]${type}`, list)
}
