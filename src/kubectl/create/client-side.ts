import { yamlText } from '../print/yaml-text.ts'
/**
 * `kubectl create secret ...` and `kubectl create configmap ...` where no cluster is needed: `--dry-run=client` and all
 * mistakes that kubectl finds by itself.
 */

import { utf8Text } from '../../bytes/bytes.ts'
import type { VirtualFiles } from '../../fs/virtual-files.ts'
import { type JsonObject, textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import { executeGoTemplate } from '../../go/template.ts'
import { toKyaml } from '../../go/yaml/kyaml.ts'
import { has } from '../../versions/changes.ts'
import { kubectl } from '../../versions/kubectl.ts'
import { CommandFailure, exitCodeOf, fail, failPlain, failUsage, failureText } from '../cli/failure.ts'
import { type FlagSpec, FlagTable, type FlagValues, parseBool, parseFlags, string } from '../cli/flags.ts'
import { clientVersion } from '../client-version.ts'
import { executeJsonpath } from '../print/jsonpath.ts'
import { parseJsonpath } from '../print/jsonpath-parse.ts'
import { dryRunStrategy } from './dry-run.ts'
import { commonCreateFlags, configMapFlags, secretFlags } from './flags.ts'
import {
  type CreateRequest,
  checkRequiredFlags,
  configMapFromFlags,
  type SecretCommand,
  secretFromFlags,
} from './objects.ts'
import { sortedMaps, structJson, withLastApplied } from './struct-json.ts'

/** What a kubectl without a cluster can reach. */
export interface ClientSideWorld {
  /** Which kubectl plays: `1.18.2`. */
  readonly clientVersion: string
  readonly files: VirtualFiles
  readonly env: ReadonlyMap<string, string>
  /** What klog writes before `file.go:line] `, for a severity letter. */
  klogPrefix(severity: 'W' | 'E'): string
}

/** What a command printed and how it ended. */
export interface CommandResult {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

/** Runs a command line after `kubectl create`. Says so when it would need a cluster. */
export function runCreateClientSide(argv: readonly string[], world: ClientSideWorld): CommandResult {
  const warnings: string[] = []
  try {
    const stdout = run(argv, world, (line) => warnings.push(`${world.klogPrefix('W')}${line}\n`))
    return { stdout, stderr: warnings.join(''), exitCode: 0 }
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error
    const stderr = warnings.join('') + failureText(error.failure)
    return { stdout: '', stderr, exitCode: exitCodeOf(error.failure) }
  }
}

type Kind = SecretCommand | 'configmap'

interface Target {
  readonly kind: Kind
  readonly path: string
  readonly rest: readonly string[]
}

function run(argv: readonly string[], world: ClientSideWorld, warn: (line: string) => void): string {
  const { minor } = clientVersion(world.clientVersion)
  const { kind, path, rest } = targetOf(argv)
  const own = kind === 'configmap' ? configMapFlags(minor) : secretFlags(kind, minor)
  const { values, args } = parsed([...own, ...commonCreateFlags(minor), string('namespace', 'n')], rest, path, minor)
  const named = values.argsAtDash < 0 ? args.length : values.argsAtDash
  if (named !== 1) failUsage(path, `exactly one NAME is required, got ${named}`)
  const request: CreateRequest = {
    name: args[0] ?? '',
    ...(values.string('namespace') === '' ? {} : { namespace: values.string('namespace') }),
    flags: values,
    world: { files: world.files, env: world.env, minor },
  }
  if (kind !== 'configmap') checkRequiredFlags(kind, request)
  if (dryRunStrategy(values.string('dry-run'), minor, warn) !== 'client') fail('podsim has no cluster here')
  const print = printerFor(values, minor, world.files)
  checkValidation(values.string('validate'), minor)
  const object = kind === 'configmap' ? configMapFromFlags(request) : secretFromFlags(kind, request)
  // The generators of 1.18 left a dry run without the annotation.
  return print(values.bool('save-config') && has(minor, kubectl.dryRunsSaveConfig) ? withLastApplied(object) : object)
}

function targetOf(argv: readonly string[]): Target {
  const [noun, kind = '', ...rest] = argv
  if (noun === 'configmap' || noun === 'cm') {
    return { kind: 'configmap', path: 'kubectl create configmap', rest: argv.slice(1) }
  }
  if (noun === 'secret' && (kind === 'generic' || kind === 'docker-registry' || kind === 'tls')) {
    return { kind, path: `kubectl create secret ${kind}`, rest }
  }
  return failPlain(`error: podsim has no "create ${argv.join(' ')}" without a cluster`)
}

function parsed(
  specs: readonly FlagSpec[],
  argv: readonly string[],
  path: string,
  minor: number,
): { readonly values: FlagValues; readonly args: readonly string[] } {
  const prefix = has(minor, kubectl.parserErrorsInLowerCase) ? 'error' : 'Error'
  const result = parseFlags(new FlagTable(specs), argv)
  if ('error' in result) return failPlain(`${prefix}: ${result.error}\nSee '${path} --help' for usage.`)
  const missing = specs.filter(({ name, required }) => required && !result.values.changed(name)).map(({ name }) => name)
  const names = missing.sort().map((name) => `"${name}"`)
  if (names.length > 0) return failPlain(`${prefix}: required flag(s) ${names.join(', ')} not set`)
  return result
}

/** Source: cli-runtime pkg/genericclioptions/print_flags.go, AllowedFormats; kyaml is on by default from 1.35. */
function allowedFormats(minor: number): readonly string[] {
  return [
    ...['go-template', 'go-template-file', 'json', 'jsonpath'],
    ...(has(minor, kubectl.jsonpathAsJson) ? ['jsonpath-as-json'] : []),
    'jsonpath-file',
    ...(has(minor, kubectl.printsKyaml) ? ['kyaml'] : []),
    ...['name', 'template', 'templatefile', 'yaml'],
  ]
}

type Printer = (object: JsonObject) => string

function printerFor(flags: FlagValues, minor: number, files: VirtualFiles): Printer {
  const output = flags.string('output')
  const template = flags.string('template')
  const at = output.indexOf('=')
  const format = output === '' && template !== '' && !flags.changed('output') ? 'go-template' : output
  const name = at < 0 ? format : format.slice(0, at)
  const argument = at < 0 ? template : format.slice(at + 1)
  const readTemplate = (): string =>
    utf8Text(
      files.read(argument) ??
        fail(`error reading --template ${argument}, open ${argument}: no such file or directory\n`),
    )
  if (name === 'kyaml' && has(minor, kubectl.printsKyaml)) return (object) => toKyaml(sortedMaps(object), 'given')
  switch (name) {
    case '':
      return (object) => `${nameOf(object)} created (dry run)\n`
    case 'name':
      return (object) => `${nameOf(object)}\n`
    case 'json':
      return (object) => `${structJson(object, '    ')}\n`
    case 'yaml':
      return (object) => yamlText(object, { lowersYamlErrors: has(minor, kubectl.lowersYamlErrors) })
    case 'jsonpath':
    case 'jsonpath-as-json':
    case 'jsonpath-file': {
      if (argument === '') fail('template format specified but no template given')
      return jsonpathPrinter(
        name === 'jsonpath-file' ? readTemplate() : argument,
        flags,
        minor,
        name === 'jsonpath-as-json',
      )
    }
    case 'go-template':
    case 'template':
    case 'go-template-file':
    case 'templatefile': {
      if (argument === '') fail('template format specified but no template given')
      return goTemplatePrinter(name.endsWith('file') ? readTemplate() : argument)
    }
    default:
      return fail(
        `unable to match a printer suitable for the output format "${output}", allowed formats are: ${allowedFormats(minor).join(',')}`,
      )
  }
}

/** `asJson`: the values found, as a list of JSON. */
function jsonpathPrinter(template: string, flags: FlagValues, minor: number, asJson: boolean): Printer {
  const parsed = parseJsonpath(template)
  if ('error' in parsed) fail(`error parsing jsonpath ${template}, ${parsed.error}`)
  const allowMissingKeys = flags.bool('allow-missing-template-keys')
  return (object) => {
    const result = executeJsonpath(template, object, { allowMissingKeys, minor, asJson })
    return result.ok ? result.text : fail(result.error)
  }
}

/** Source: pkg/cmd/util/helpers.go, GetValidationDirective, of 1.25 and later. */
function checkValidation(value: string, minor: number): void {
  if (
    !has(minor, kubectl.serverSideValidation) ||
    parseBool(value) !== undefined ||
    ['strict', 'warn', 'ignore'].includes(value)
  )
    return
  fail(`invalid - validate option ${goQuote(value)}; must be one of: strict (or true), warn, ignore (or false)`)
}

function goTemplatePrinter(template: string): Printer {
  return (object) => {
    const result = executeGoTemplate(template, object)
    return result.ok ? result.text : fail(result.error)
  }
}

function nameOf(object: JsonObject): string {
  return `${textAt(object, 'kind').toLowerCase()}/${textAt(object, 'metadata', 'name')}`
}
