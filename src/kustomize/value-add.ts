/** The transformer that puts one value into fields by their paths. Source: api internal/builtins/ValueAddTransformer.go; filters/valueadd. */
import { isObject, listAt, objectAt, textAt } from '../go/json.ts'
import { fromYaml } from '../go/yaml/from-yaml.ts'
import { setOwn, splitPath } from './field-spec.ts'
import type { Selector } from './kustomization.ts'
import { type Loader, refuse } from './loader.ts'
import { selectResources } from './patches.ts'
import { refuseKind, writtenText } from './plain-scalar.ts'
import type { Body, Resource } from './resource.ts'
import { moveTo } from './transformers.ts'

interface Target {
  readonly selector: Selector | undefined
  readonly fieldPath: string
  /** Counted from 1: the part of a file path before which the value is put. 0: the value takes the place of all. */
  readonly position: number
}

/** What a configuration does to resources. Throws KustomizeError for one that is wrong. */
export function valueAdd(config: Body, loader: Loader): (resources: Resource[]) => void {
  const value = textAt(config, 'value').trim() || loader.root.slice(loader.root.lastIndexOf('/') + 1)
  const path = textAt(config, 'targetFilePath')
  const targets = [...targetsOf(config), ...(path === '' ? [] : targetsOf(fileOf(path, loader)))]
  if (targets.length === 0) refuse('must specify at least one target')
  for (const { fieldPath, position } of targets) {
    if (fieldPath === '') refuse('fieldPath cannot be empty')
    if (position < 0) refuse(`value of FilePathPosition (${position}) cannot be negative`)
  }
  return (resources) => {
    for (const { selector, fieldPath, position } of targets)
      for (const resource of selector === undefined ? resources : selectResources(resources, selector)) {
        if (fieldPath === 'metadata/namespace') moveTo(resource.body, () => value, 'defaultOnly')
        else addAt(resource.body, fieldPath, position, value)
      }
  }
}

function targetsOf(config: unknown): readonly Target[] {
  return listAt(config, 'targets').map((target) => {
    const { selector, filePathPosition } = objectAt(target)
    return {
      selector: isObject(selector) ? (selector as Selector) : undefined, // texts, all of them optional
      fieldPath: textAt(target, 'fieldPath'),
      position: typeof filePathPosition === 'number' ? filePathPosition : 0,
    }
  })
}

function fileOf(path: string, loader: Loader): unknown {
  const result = fromYaml(loader.load(path))
  return result.ok ? result.value : refuse(result.error)
}

function addAt(body: Body, fieldPath: string, position: number, value: string): void {
  const parts = splitPath(fieldPath)
    .map((part) => part.trim())
    .filter((part) => part !== '')
  const place = placeOf(body, parts)
  if (place === undefined) return
  const before = place.read()
  if (isObject(before) || Array.isArray(before)) refuseKind('ScalarNode', before)
  const old = before === undefined || before === null ? '' : writtenText(before)
  place.write(asRead(position > 0 ? inserted(old, position - 1, value) : value))
}

/** What is written without quotes is what it looks like. */
function asRead(text: string): unknown {
  const result = fromYaml(text, { dialect: 'v3' })
  return result.ok && (typeof result.value !== 'object' || result.value === null) ? result.value : text
}

interface Place {
  read(): unknown
  write(value: unknown): void
}

/** What a path leads to, made where it is missing; undefined for an element that a list does not have. Source: kyaml yaml/fns.go, PathGetter. */
function placeOf(body: Body, parts: readonly string[]): Place | undefined {
  let node: unknown = body
  let place: Place | undefined
  for (const [i, part] of parts.entries()) {
    place = stepInto(node, part)
    if (place === undefined) return undefined
    const next = parts[i + 1]
    if (next !== undefined && (place.read() === undefined || place.read() === null))
      place.write(/^\[.*\]$|^\d+$/.test(next) ? [] : {})
    node = place.read()
  }
  return place
}

function stepInto(node: unknown, part: string): Place | undefined {
  if (/^-?\d+$/.test(part) || part === '-') return elementAt(node, part)
  if (part === '*') return refuse('wildcard is not supported in PathGetter')
  if (/^\[.*\]$/.test(part)) return elementNamed(node, part.slice(1, -1))
  if (!isObject(node)) return undefined
  const map = node as Body // it belongs to this build alone
  return {
    read: () => (Object.hasOwn(map, part) ? map[part] : undefined),
    write: (value) => setOwn(map, part, value),
  }
}

function elementAt(node: unknown, part: string): Place | undefined {
  const index = part === '-' ? -1 : Number(part)
  if (part !== '-' && index < 0) refuse(`array index ${index} cannot be negative`)
  if (!Array.isArray(node) || node.at(index) === undefined) return undefined
  const at = index < 0 ? node.length - 1 : index
  return listPlace(node, at)
}

function listPlace(list: unknown[], at: number): Place {
  return {
    read: () => list[at],
    write: (value) => {
      list[at] = value
    },
  }
}

function elementNamed(node: unknown, index: string): Place | undefined {
  if (!Array.isArray(node)) return undefined
  const equals = index.indexOf('=')
  const [name, wanted] = equals < 0 ? ['', index] : [index.slice(0, equals), index.slice(equals + 1)]
  const found = node.findIndex((item) => (name === '' ? String(item) === wanted : textAt(item, name) === wanted))
  if (found < 0) node.push(name === '' ? wanted : { [name]: wanted })
  return listPlace(node, found < 0 ? node.length - 1 : found)
}

/** A part put into a file path; an absolute one stays absolute. Source: kyaml filesys/util.go, InsertPathPart. */
function inserted(path: string, position: number, part: string): string {
  const isAbsolute = path.startsWith('/')
  const parts = path.split('/').filter((one) => one !== '')
  const at = Math.min(position, parts.length)
  return `${isAbsolute ? '/' : ''}${[...parts.slice(0, at), part, ...parts.slice(at)].join('/')}`
}
